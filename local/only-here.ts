import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes a folder for data if need be and has it alone until `release`, or until this process is gone, however it went:
 * two clouds on one folder would each do what the other does. Throws one line that says what to do.
 */
export async function onlyHere(dataDir: string): Promise<{ release(): void }> {
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (error) {
    // Node's file system throws nothing else.
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`${dataDir} cannot be used for data (${code}); choose another with --data`)
  }
  const digest = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16)
  // Not in the folder itself, because the path of a socket may have about a hundred characters.
  const socket = join(tmpdir(), `crossdock-${digest}.sock`)
  if (await answers(socket)) {
    throw new Error(
      `${dataDir} is in use by another npm start; stop that, or choose another with --data`,
    )
  }
  rmSync(socket, { force: true })
  const server = await listening(socket)
  return { release: () => server.close() }
}

/** Whether a process listens there. What a killed one left behind does not answer. */
const answers = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const line = connect(socket)
    line.once('error', () => resolve(false))
    line.once('connect', () => {
      line.destroy()
      resolve(true)
    })
  })

const listening = (socket: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((line) => line.destroy())
    server.once('error', reject)
    server.listen(socket, () => resolve(server.unref()))
  })
