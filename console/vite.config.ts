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
    // One file, at once: all of it is a few KiB, and a screen would wait for its own.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Otherwise a dozen of small files, which the screens share, are loaded when a screen is.
          groups: [
            {
              name: 'chart',
              test: /console[\\/]src[\\/](?:chart|insights[\\/](?:volume|links))|d3-/,
              priority: 1,
            },
            {
              name: 'shared',
              test: /console[\\/]src[\\/](?:filters|relay|shell|text|time|ui|url)[\\/]/,
              priority: 2,
            },
          ],
        },
      },
    },
  },
});
