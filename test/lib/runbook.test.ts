import { readFileSync } from 'node:fs'
import { exceptionCatalogue } from '../../domain/exceptions/catalogue.ts'
import { synthesized } from '../support/synthesized.ts'

const runbook = readFileSync('docs/runbook.md', 'utf8')
const headings = [...runbook.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
  title.toLowerCase().replaceAll('`', '').replaceAll(' ', '-'),
)
// Some alarms are only for those who ask for them in their settings.
const alarms = ['demo', 'example']
  .flatMap((environment) => [...synthesized(environment).values()])
  .flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')))
  .map(({ Properties }) => String(Properties.AlarmDescription))

test('every alarm says its impact and names a heading of the runbook', () => {
  expect(alarms.length).toBeGreaterThan(20)
  for (const description of alarms) {
    const [impact, link = ''] = description.split('\n')
    expect(impact).toMatch(/^[A-Z].+\.$/)
    expect(headings).toContain(link.split('#')[1])
  }
})

test('every alarm heading of the runbook belongs to an alarm', () => {
  const [, section = ''] = runbook.split('# Alarms\n')
  const [alarmSection = ''] = section.split(/^# /m)
  const used = alarms.map((description) => description.split('#')[1])
  for (const [, title = ''] of alarmSection.matchAll(/^## (.+)$/gm)) {
    expect(used).toContain(title.toLowerCase().replaceAll(' ', '-'))
  }
})

test.each(Object.entries(exceptionCatalogue))(
  'the runbook explains the exception %s, and says whose it is and for how long',
  (code, { desk: { owner, hours } }) => {
    const [, section = ''] = runbook.split(`\n## ${code}\n`)
    const days = hours > 72 ? `${hours / 24} days` : `${hours} hour${hours === 1 ? '' : 's'}`
    const name = `${owner.charAt(0).toUpperCase()}${owner.slice(1).replace('-', ' ')}`
    expect(section.trimStart()).toMatch(new RegExp(`^${name}, ${days}\\. `))
  },
)
