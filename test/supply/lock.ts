/** One entry of package-lock.json. */
export interface Package {
  /** Its installation path: `node_modules/…`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, Omit<Package, 'path' | 'name'> & { readonly name?: string }>>;
}

/** Returns all packages of a lock except those of this repository: the root, and the workspace of the console. */
export function packagesOf({ packages }: Lock): Package[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry, path }));
}
