import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { compileFunction } from 'node:vm'
import { transformSync } from '@swc/core'

/** Another text in place of one that stands in a file of the product. */
export interface Patch {
  /** From the root of the project. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

type Globals = Readonly<Record<(typeof names)[number], unknown>>
type Exports = Record<string, unknown>
type Compiled = (...given: readonly unknown[]) => void

/** What is another thing for a module that runs here. */
const names = [
  'Date',
  'Math',
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'process',
  'crypto',
] as const

/** A place where modules run: what they find under the names of packages, of Node and of the language. */
export interface Place {
  /** A file of the product, by its path from the root, can be another thing here, too. */
  readonly modules: Readonly<Record<string, unknown>>
  readonly globals: Globals
  /** Files of the product that are watched: what they export becomes what this makes of it. */
  readonly watched?: Readonly<Record<string, (exports: Exports) => Exports>>
}

/** What would leave the simulation, or have a time of its own. */
const outside =
  /^(node:(https?|net|tls|dns|dns\/promises|timers|timers\/promises|child_process|worker_threads)|undici)$/

const root = join(import.meta.dirname, '..')
const native = createRequire(join(root, 'package.json'))
const compiled = new Map<string, Compiled>()
const places = new Map<string, Whereabouts>()
const packages = new Map<string, unknown>()

interface Whereabouts {
  /** From the root of the project. */
  readonly file: string
  /** Whether every place has one of its own. */
  readonly isOwn: boolean
}

function whereIs(path: string): Whereabouts {
  const known = places.get(path)
  if (known) return known
  const file = relative(root, path)
  const found = { file, isOwn: /^(functions|platform)\//.test(file) }
  places.set(path, found)
  return found
}

/** A package as it is; Node looks for it on the disk each time that it is asked. */
function installed(name: string): unknown {
  if (!packages.has(name)) packages.set(name, native(name))
  return packages.get(name)
}

/**
 * The product's own sources, run inside this process: rules and connectors once, because they keep no state, functions and
 * platform anew in every place, because each of those is a Lambda environment of its own.
 */
export class Program {
  readonly #patches: readonly Patch[]
  readonly #shared = new Map<string, Exports>()
  readonly #home: Place
  readonly #compiledHere = new Map<string, Compiled>()

  /** @param home where rules, connectors and twins run */
  constructor(home: Place, patches: readonly Patch[] = []) {
    this.#home = home
    this.#patches = patches
    // One that fits nowhere would plant nothing.
    for (const patch of patches) patched(readFileSync(join(root, patch.file), 'utf8'), patch)
  }

  /** What a file of the product exports; those of functions and platform belong to `place`. */
  load(file: string, place: Place, own: Map<string, Exports> = new Map()): Exports {
    return this.#require(join(root, file), place, own)
  }

  /** The same of a file that every place shares. */
  shared(file: string): Exports {
    return this.#require(join(root, file), this.#home, this.#shared)
  }

  #require(path: string, place: Place, own: Map<string, Exports>): Exports {
    const { file, isOwn } = whereIs(path)
    const here = isOwn ? place : this.#home
    const known = isOwn ? own : this.#shared
    // Whoever puts another thing in the place of a module gives what that exports.
    const found = (here.modules[file] as Exports | undefined) ?? known.get(path)
    if (found) return found
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'))
    const module = { exports: {} as Exports }
    known.set(path, module.exports)
    const folder = dirname(path)
    const require = (wanted: string): unknown => {
      if (wanted.startsWith('.')) return this.#require(join(folder, wanted), place, own)
      const other = here.modules[wanted]
      if (other) return other
      if (outside.test(wanted)) throw new Error(`${file} reaches outside: ${wanted}`)
      return installed(wanted)
    }
    this.#compiled(path)(
      module.exports,
      require,
      module,
      ...names.map((name) => here.globals[name]),
    )
    const watched = here.watched?.[file]?.(module.exports)
    if (!watched) return module.exports
    known.set(path, watched)
    return watched
  }

  #compiled(path: string): Compiled {
    const here = this.#compiledHere.get(path) ?? this.#compile(path)
    this.#compiledHere.set(path, here)
    return here
  }

  #compile(path: string): Compiled {
    const patches = this.#patches.filter(({ file }) => join(root, file) === path)
    const key = `${path} ${JSON.stringify(patches)}`
    const known = compiled.get(key)
    if (known) return known
    const source = patches.reduce(patched, readFileSync(path, 'utf8'))
    const { code } = transformSync(
      source.replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      {
        filename: path,
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'commonjs' },
      },
    )
    // `compileFunction` is typed as a bare Function.
    const made = compileFunction(code, ['exports', 'require', 'module', ...names], {
      filename: path,
    }) as Compiled
    compiled.set(key, made)
    return made
  }
}

/** A source with the text replaced; throws where it does not stand there once. */
export function patched(source: string, { file, find, replace }: Patch): string {
  const [before, after, ...more] = source.split(find)
  if (after === undefined || more.length > 0) {
    throw new Error(`${file} has ${more.length + (after === undefined ? 0 : 1)} times: ${find}`)
  }
  return `${before}${replace}${after}`
}
