import { DEFAULT_HTTP as DEFAULTS, type HttpSettings } from '../server/http/settings.ts';
import { onOff, type Readers } from './readers.ts';

export function httpSettings(readers: Readers): HttpSettings {
  const introspection = onOff(readers, 'INTROSPECTION', DEFAULTS.introspection);
  return {
    allowedOrigins: origins(readers),
    graphiql: onOff(readers, 'GRAPHIQL', DEFAULTS.graphiql),
    introspection,
    // Suggestions tell the schema piece by piece to one who guesses.
    suggestions: onOff(readers, 'SUGGESTIONS', introspection),
    trustedDocumentsOnly: onOff(readers, 'TRUSTED_DOCUMENTS_ONLY', DEFAULTS.trustedDocumentsOnly),
    compressFromBytes:
      readers.integer('COMPRESS_FROM_KB', DEFAULTS.compressFromBytes / 1024, 0, 102_400) * 1024,
  };
}

function origins({ read, problems }: Readers): readonly string[] {
  const listed = (read('ALLOWED_ORIGINS') ?? '').split(',').map((text) => text.trim());
  return listed.filter(Boolean).map((text) => {
    const url = URL.parse(text);
    const isOrigin =
      /^https?:$/.test(url?.protocol ?? '') && (url?.origin === text || `${url?.origin}/` === text);
    if (url && isOrigin) return url.origin;
    problems.push('ALLOWED_ORIGINS must be origins such as https://desk.example.com, separated by commas.');
    return '';
  });
}
