import { defineConfig, type Plugin } from 'vite';

/** Replaces each graphql`…` by the artifact that relay-compiler has made of it. */
function relay(): Plugin {
  return {
    name: 'relay',
    enforce: 'pre',
    transform(code, id) {
      if (!/\.tsx?$/.test(id) || !code.includes('graphql`')) return;
      const imports = new Set<string>();
      const replaced = code.replace(
        /\bgraphql`[^`]*?\b(?:query|mutation|fragment)\s+(\w+)[^`]*`/g,
        (text, name) => {
          imports.add(`import artifact_${name} from '#relay/${name}';`);
          return `artifact_${name}${'\n'.repeat(text.split('\n').length - 1)}`;
        },
      );
      // On one line with the first import, so that line numbers stay.
      return { code: `${[...imports].join(' ')} ${replaced}`, map: null };
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [relay()],
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
    // Vite would make data: URLs of small files, which the page's policy forbids for scripts and styles.
    assetsInlineLimit: 0,
    emptyOutDir: true,
  },
});
