/** The package's public API, for running the gateway inside another program. */

export { createGateway, type Gateway, type GatewayOptions } from './app.ts';
export { type Config, ConfigError, loadConfig, type TwilioUrls } from './config/config.ts';
export { createLogger } from './log.ts';
export { type Running, start } from './start.ts';
export { type CredentialSetting, createFixedStore } from './store/fixed-store.ts';
export type { CredentialStore } from './store/store.ts';
export { openTelemetry } from './telemetry/open.ts';
export type { Telemetry } from './telemetry/telemetry.ts';
