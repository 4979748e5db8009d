import { listen } from '../../src/http/listen.ts';
import { createKit } from '../kit.ts';

/** Starts a gateway on a free port. @param speed factor of the sandbox's clock */
export async function listeningGateway({ speed = 1 } = {}) {
  const epoch = Date.now();
  const clock = () => epoch + (Date.now() - epoch) * speed;
  const { gateway, sandbox } = createKit({ sandbox: { epoch, clock, messages: 6_000 } });
  const listening = await listen(gateway, 'localhost', 0);
  return {
    sandbox,
    url: `${listening.url}/graphql`,
    async [Symbol.asyncDispose]() {
      await listening.close(0);
      await gateway.close();
    },
  };
}
