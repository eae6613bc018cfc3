import { startCloud } from '../../../local/cloud/cloud.ts'

/** A cloud in a process of its own, to be killed: `host.ts <assembly> <data directory>`. */
const [assembly = '', dataDir = ''] = process.argv.slice(2)
const cloud = await startCloud({ assembly, dataDir, secrets: { 'trial/one': '{}' } })
const tell = () => ({ apiUrl: cloud.apiUrl, awsUrl: cloud.awsUrl, pids: cloud.processes() })
process.stdout.write(`${JSON.stringify(tell())}\n`)
process.stdin.on('data', () => process.stdout.write(`${JSON.stringify(tell())}\n`))
