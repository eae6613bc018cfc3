import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const Versions = z.record(z.string(), z.string()).default({})
const Package = z.looseObject({
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
})
const Locked = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().default(false),
  inBundle: z.boolean().default(false),
  optional: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
})
const Lock = z.looseObject({ lockfileVersion: z.int(), packages: z.record(z.string(), Locked) })

const manifest = Package.parse(JSON.parse(read('package.json')))
const lock = Lock.parse(JSON.parse(read('package-lock.json')))
const locked = Object.entries(lock.packages).filter(([place]) => place !== '')
const direct = Object.entries({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
})
const nameOf = (place: string): string => place.split('node_modules/').at(-1) ?? ''

/** What their install scripts would do; `ignore-scripts` keeps all but Node's from doing it. */
const scripts: Readonly<Record<string, string>> = {
  '@parcel/watcher': 'builds what a prebuilt package has',
  '@swc/core': 'looks whether its prebuilt package is there',
  'aws-lambda-ric': 'builds a native client that the laptop does without',
  esbuild: 'looks whether its prebuilt package is there',
  node: 'fetches Node 24: local/run.mjs runs it, by name',
}

describe('what is depended on', () => {
  test('is named by one version each', () => {
    for (const [name, version] of direct) expect([name, version]).toEqual([name, exact(version)])
  })

  test('is locked as it is named', () => {
    expect(Package.parse(lock.packages[''])).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      optionalDependencies: manifest.optionalDependencies,
    })
    for (const [name, version] of direct) {
      expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version])
    }
  })

  test('comes from a registry, which no file names, and from nowhere else', () => {
    const elsewhere = locked.filter(
      ([, { version, resolved, link }]) => link || resolved !== undefined || !exact(version ?? ''),
    )
    expect(elsewhere).toEqual([])
    for (const file of ['.npmrc', '.github/workflows/ci.yml', '.ci/run', 'package-lock.json']) {
      expect(read(file)).not.toMatch(/registry\.|registry=|git\+|git@|file:/)
    }
  })

  test('is held to its hash, but for what other machines would install', () => {
    const { platform, arch } = process
    const bare = locked.filter(([, { integrity, inBundle }]) => !integrity && !inBundle)
    for (const [place, { optional, os = [platform], cpu = [arch] }] of bare) {
      const here = os.includes(platform) && cpu.includes(arch) && !/musl/.test(place)
      expect([place, optional, here]).toEqual([place, true, false])
    }
    for (const [place, { integrity }] of locked) {
      if (integrity) expect([place, integrity]).toEqual([place, expect.stringMatching(/^sha512-/)])
    }
  })

  test('runs no script when it is installed, but for Node’s', () => {
    const having = locked.filter(([, { hasInstallScript }]) => hasInstallScript)
    expect(having.map(([place]) => nameOf(place)).toSorted()).toEqual(
      Object.keys(scripts).toSorted(),
    )
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
    const allowed = [...read('local/run.mjs').matchAll(/npm\(([^)]*ignore-scripts=false[^)]*)\)/g)]
    expect(allowed.map(([, args]) => args)).toEqual([
      "'rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'",
    ])
  })
})

describe('the workflow', () => {
  const files = readdirSync(join(root, '.github/workflows'))

  test.each(files)('%s may read, and runs nobody else’s actions but at one commit', (file) => {
    const text = read(`.github/workflows/${file}`)
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m)
    expect(text.match(/permissions:/g)).toHaveLength(1)
    expect(text).not.toMatch(/pull_request_target|secrets\.|: write/)
    for (const [, action] of text.matchAll(/uses:\s*(\S+)/g)) {
      expect(action).toMatch(/@[0-9a-f]{40}$/)
    }
    // What somebody wrote into a title or a branch's name would run.
    const scripts = text
      .split(/^\s*(?:- )?run:/m)
      .slice(1)
      .join('\n')
    expect(scripts).not.toMatch(/\$\{\{/)
  })
})

describe('the audit', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'crossdock-audit-'))
    mkdirSync(join(folder, 'local'))
    cpSync(join(root, 'local/supply-chain'), join(folder, 'local/supply-chain'), {
      recursive: true,
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const advisory = {
    source: 1,
    name: 'left-pad',
    severity: 'high',
    title: 'Pads too much',
    range: '<1.0.0',
    url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  }
  const report = (...via: readonly unknown[]) => ({
    auditReportVersion: 2,
    vulnerabilities: via.length > 0 ? { 'left-pad': { via }, other: { via: ['left-pad'] } } : {},
  })
  const accepted = { advisory: 'GHSA-aaaa-bbbb-cccc', why: 'only in tests', until: '2999-01-01' }

  function audit(said: unknown, reasons: readonly object[] = [], ...args: readonly string[]) {
    const npm = join(folder, 'npm.cjs')
    writeFileSync(npm, `process.stdout.write(${JSON.stringify(JSON.stringify(said))})`)
    const place = join(folder, 'local/supply-chain')
    writeFileSync(join(place, 'accepted-advisories.json'), JSON.stringify(reasons))
    const { status, stdout } = spawnSync(process.execPath, [join(place, 'audit.mjs'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: npm },
    })
    return { status, stdout }
  }

  test('passes where nothing is known, or what is known is accepted', () => {
    expect(audit(report())).toMatchObject({ status: 0 })
    expect(audit(report(advisory), [accepted])).toMatchObject({ status: 0 })
  })

  test.each([
    ['an advisory nobody gave a reason for', report(advisory), [], /GHSA-aaaa-bbbb-cccc.*left-pad/],
    [
      'another than was accepted',
      report({ ...advisory, url: '', source: 7 }),
      [accepted],
      /^npm audit: 7 /,
    ],
    ['a reason that is not needed any more', report(), [accepted], /no longer reported/],
    [
      'a reason whose day is over',
      report(advisory),
      [{ ...accepted, until: '2020-01-01' }],
      /decide again/,
    ],
    [
      'an exception without a reason',
      report(advisory),
      [{ ...accepted, why: '' }],
      /without a reason/,
    ],
  ])('fails for %s', (_, said, reasons, line) => {
    expect(audit(said, reasons)).toEqual({ status: 1, stdout: expect.stringMatching(line) })
  })

  test('says that it was skipped where nobody answers, and fails where it is required', () => {
    for (const silence of [{ error: { summary: 'offline' } }, { message: '405 Not' }, 'x', null]) {
      const line = 'the registry does not return advisories'
      expect(audit(silence)).toMatchObject({ status: 0, stdout: expect.stringContaining(line) })
      expect(audit(silence, [], '--required')).toMatchObject({ status: 1 })
    }
  })
})

test('what it is made of is written the same each time, with every hash', () => {
  const sbom = () => {
    spawnSync(process.execPath, [join(root, 'local/supply-chain/sbom.mjs')])
    return read('dist/sbom.cdx.json')
  }
  const [once, twice] = [sbom(), sbom()]
  expect(twice).toBe(once)
  const { bomFormat, components } = JSON.parse(once)
  expect(bomFormat).toBe('CycloneDX')
  const names = new Set(components.map(({ name }: { name: string }) => name))
  for (const [name] of Object.entries(manifest.dependencies)) expect(names).toContain(name)
})

/** The version itself when it is one; what `^`, `~`, `*`, a tag or an address would be is none. */
function exact(version: string): string | undefined {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? version : undefined
}
