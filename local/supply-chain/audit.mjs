// Fails on every known vulnerability that nobody gave a reason for, and on every reason that is no longer needed.
// `npm run audit -- --required` fails too where the registry does not answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './npm.mjs'

const required = process.argv.includes('--required')
const accepted = JSON.parse(
  readFileSync(join(import.meta.dirname, 'accepted-advisories.json'), 'utf8'),
)
const say = (text) => process.stdout.write(`npm audit: ${text}\n`)

const report = parse(npm('audit', '--json', '--fetch-retries=0', '--fetch-timeout=15000'))
if (report?.auditReportVersion !== 2) {
  const why = report?.error?.summary || report?.message || 'no answer'
  const what = required ? 'failed' : 'skipped'
  say(`${what}; the registry does not return advisories (${why.split(' - ')[0]})`)
  process.exit(required ? 1 : 0)
}

const found = new Map(
  Object.values(report.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object')
    .map((via) => [idOf(via), via]),
)
const today = new Date().toISOString().slice(0, 10)
const wrong = [
  ...[...found].flatMap(([id, { name, severity, title, range }]) =>
    accepted.some(({ advisory }) => advisory === id)
      ? []
      : [`${id} (${severity}) ${name} ${range}: ${title}. Update it, or accept it with a reason.`],
  ),
  ...accepted.flatMap(({ advisory, why, until }) => {
    if (!why || !/^\d{4}-\d\d-\d\d$/.test(until ?? '')) {
      return [`${advisory} is accepted without a reason (why) or an expiry date (until)`]
    }
    if (!found.has(advisory)) return [`${advisory} is accepted but no longer reported: remove it`]
    return until < today ? [`${advisory} was accepted until ${until}: decide again`] : []
  }),
]
for (const line of wrong) say(line)
if (wrong.length > 0) process.exit(1)
say(`${found.size} advisories, each accepted with a reason`)

/** `GHSA-…` where there is one. */
function idOf({ url, source }) {
  return /GHSA(-\w{4}){3}/.exec(url ?? '')?.[0] ?? String(source)
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
