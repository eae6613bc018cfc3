import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import { iamRoleName, type Role, roles } from '../schemas/api/roles.ts'

const help = `Calls the Capability API with a signed request.

  npm run api -- METHOD PATH [BODY] [options]

  npm run api -- GET "/v1/exceptions?owner=finance"
  npm run api -- POST /v1/stock/counts @counts.json -H "idempotency-key: count-1"

  BODY             JSON, @FILE, or - for standard input
  --as ROLE        on the laptop: viewer, customer-service, operator, finance or admin
  -H, --header H   "name: value", can be repeated
  --url URL        the API (default http://127.0.0.1:4000: the one that npm start runs)
  --environment E  the deployed environment of settings/E.json, found by its stack's output
  --region R       for the signature (default: from the URL, else AWS_REGION, else us-east-1)
  --help           this text

The answer's body goes to stdout, its status to stderr. The exit status is 1 if the answer is an error.
Requests to other machines are signed with your AWS credentials (AWS_PROFILE etc.), or carry the token in
CROSSDOCK_TOKEN if the environment uses tokens.
`

const laptop = 'http://127.0.0.1:4000'
/** The operator of the laptop's cloud. */
const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' }

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(help)
  else process.exitCode = await call(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

interface Options {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly url: string | undefined
  readonly environment: string | undefined
  readonly region: string | undefined
  readonly as: Role | undefined
}

/** Calls, prints the answer and returns the exit status. */
async function call(options: Options): Promise<number> {
  const { method } = options
  const { url, region } = await target(options)
  const body = await bodyOf(options.body)
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...options.headers,
  }
  const request = { method, url, region, headers, body, as: options.as }
  const response = await fetch(url, {
    method,
    headers: await authorized(request),
    ...(body !== undefined && { body }),
  }).catch((error: unknown) => {
    throw new Error(unreachable(url, error))
  })
  process.stderr.write(`${response.status} ${STATUS_CODES[response.status] ?? ''}\n`)
  process.stdout.write(`${await response.text()}\n`)
  return response.ok ? 0 : 1
}

async function target({ path, ...options }: Options): Promise<{ url: URL; region: string }> {
  const { base, region } = await baseOf(options)
  if (!URL.canParse(base)) throw new Error(`--url needs an address, not "${base}".`)
  const url = new URL(path, base)
  // A blank is "%20" in what is signed, so that is what is sent.
  url.search = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  const named = /\.execute-api\.([a-z0-9-]+)\./.exec(url.hostname)?.[1]
  const fallback = isHere(url) ? undefined : process.env['AWS_REGION']
  return { url, region: options.region ?? region ?? named ?? fallback ?? 'us-east-1' }
}

async function baseOf({
  url,
  environment,
}: Pick<Options, 'url' | 'environment'>): Promise<{ base: string; region?: string | undefined }> {
  if (environment === undefined) return { base: url ?? laptop }
  // Loaded here because the laptop needs neither, and they take half a second.
  const { readSettings } = await import('../lib/settings/settings.ts')
  const { CloudFormationClient, DescribeStacksCommand } = await import(
    '@aws-sdk/client-cloudformation'
  )
  const { region } = readSettings(environment)
  const stack = `Crossdock-${environment}-Api`
  const client = new CloudFormationClient(region === undefined ? {} : { region })
  const { Stacks } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((error: Error) => {
      throw new Error(`The stack ${stack} cannot be read: ${error.message}`)
    })
  const outputs = Stacks?.[0]?.Outputs ?? []
  const base = outputs.find(({ OutputKey }) => OutputKey === 'Url')?.OutputValue
  if (base === undefined) throw new Error(`The stack ${stack} has no output Url; deploy it again.`)
  return { base, region }
}

async function authorized(request: {
  readonly method: string
  readonly url: URL
  readonly region: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly as: Role | undefined
}): Promise<Readonly<Record<string, string>>> {
  const { method, url, region, headers, body, as } = request
  const token = process.env['CROSSDOCK_TOKEN']
  if (token) return { ...headers, authorization: `Bearer ${token}` }
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: isHere(url) ? laptopKey(as) : defaultProvider(),
    sha256: Sha256,
  })
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(
      [...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]),
    ),
    headers: { ...headers, host: url.host },
    ...(body !== undefined && { body }),
  })
  return signed.headers
}

/** Each role of the laptop's stacks is a user there, whose secret key is its name. */
function laptopKey(role: Role | undefined) {
  if (!role) return operator
  const name = iamRoleName('demo', role)
  return { accessKeyId: name, secretAccessKey: name }
}

function isHere({ hostname }: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

function unreachable(url: URL, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const said = cause instanceof Error ? cause.message : String(cause)
  return isHere(url)
    ? `Nothing answers at ${url.origin} (${said}). Start it with npm start, or use --url or --environment.`
    : `${url.origin} cannot be reached: ${said}`
}

async function bodyOf(argument: string | undefined): Promise<string | undefined> {
  if (argument === undefined) return undefined
  const body = await read(argument)
  try {
    JSON.parse(body)
  } catch (error) {
    throw new Error(`The body is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  return body
}

async function read(argument: string): Promise<string> {
  if (argument === '-') return text(process.stdin)
  if (!argument.startsWith('@')) return argument
  try {
    return readFileSync(argument.slice(1), 'utf8')
  } catch (error) {
    throw new Error(
      `${argument.slice(1)} cannot be read: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [method, path, body, ...more] = positionals
  if (!method || !path || more.length > 0) {
    throw new Error('Give a method and a path, and at most one body. See npm run api -- --help.')
  }
  if (!path.startsWith('/v1/')) throw new Error(`A path begins with /v1/, not "${path}".`)
  if (values.url !== undefined && values.environment !== undefined) {
    throw new Error('Use --url or --environment, not both.')
  }
  const { url, environment, region, as } = values
  const role = roles.find((each) => each === as)
  if (as !== undefined && !role) throw new Error(`--as takes ${roles.join(', ')}, not "${as}".`)
  if (as !== undefined && environment !== undefined) {
    throw new Error(
      `A deployed environment takes the role of your credentials: assume ${iamRoleName(environment, role ?? 'viewer')}, for example by role_arn in a profile, without --as.`,
    )
  }
  const headers = Object.fromEntries((values.header ?? []).map(headerOf))
  return { method: method.toUpperCase(), path, body, headers, url, environment, region, as: role }
}

function headerOf(header: string): readonly [string, string] {
  const [, name, value] = /^([\w-]+):\s*(.+)$/.exec(header) ?? []
  if (name && value) return [name.toLowerCase(), value]
  throw new Error(`--header needs "name: value", not "${header}".`)
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        header: { type: 'string', short: 'H', multiple: true },
        url: { type: 'string' },
        environment: { type: 'string' },
        region: { type: 'string' },
        as: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Error(`${said.split(/\. /)[0]}. See npm run api -- --help.`)
  }
}
