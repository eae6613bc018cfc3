import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { listen } from './listen.ts'
import { type Engine, startSimulatedEngine } from './simulated-engine.ts'

const binary = join(
  import.meta.dirname,
  `../../node_modules/@dynoxide/${process.platform}-${process.arch}/dynoxide`,
)

/**
 * Starts dynoxide, or takes the engine that `DYNAMODB_ENDPOINT` names. Without either the tables are simulated, as they are
 * where `DYNAMODB_ENDPOINT` is `simulated`.
 */
export async function startEngine(
  dataFile: string | undefined,
  given = process.env['DYNAMODB_ENDPOINT'],
): Promise<Engine> {
  if (given === 'simulated' || (!given && !existsSync(binary))) {
    return startSimulatedEngine(dataFile && `${dataFile}.jsonl`)
  }
  if (given) return { endpoint: given, close: async () => {} }
  const port = await freePort()
  const scratch = dataFile === undefined ? mkdtempSync(join(memory, 'crossdock-')) : undefined
  const file = dataFile ?? join(scratch ?? '', 'tables.db')
  const options = ['--port', String(port), '--db-path', file]
  const child = spawn('sh', ['-c', endsWithParent, binary, ...options], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    // Out of reach of the terminal's Ctrl-C: the host ends it last.
    detached: true,
    env: { ...process.env, SCRATCH: scratch ?? '' },
  })
  await listening(child)
  indexStreams(file)
  return {
    endpoint: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async close() {
      await closeChild(child)
      if (scratch) rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** A file in memory where the system has such a place: as quick as no file, and one that can be opened here. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/**
 * dynoxide 1.2.1 numbers a stream's records by reading all of them at every write: 100 writes a second after ten
 * thousand. This index answers the same question at once.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 })
  database.exec(
    'CREATE INDEX IF NOT EXISTS crossdock_stream_numbers ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
  )
  database.close()
}

/** Ends the engine when the pipe on descriptor 3 closes, which it does even when the host is killed. */
const endsWithParent =
  '(read -r _ <&3; kill $$; [ -z "$SCRATCH" ] || rm -rf "$SCRATCH") & exec "$0" "$@" 3<&-'

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('listening')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`dynoxide ended with ${code}: ${said.trim()}`)))
  })
}

function closeChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.stderr?.destroy()
    const watched = child.stdio[3]
    if (watched && 'destroy' in watched) watched.destroy()
  })
}

async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listen(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}
