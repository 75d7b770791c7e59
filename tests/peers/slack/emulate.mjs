// Opens and closes Slack emulators: a line of JSON asks, a line of JSON answers. One process serves many workspaces.
import { createInterface } from 'node:readline'
import { createEmulator } from 'emulate'

const opened = new Map()

const commands = {
  async open({ seed }) {
    const emulator = await createEmulator({ service: 'slack', port: 0, seed })
    opened.set(emulator.url, emulator)
    return { url: emulator.url }
  },
  async close({ url }) {
    await opened.get(url).close()
    opened.delete(url)
    return {}
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...values } = JSON.parse(line)
  const answer = await commands[command](values).catch((error) => ({ error: String(error) }))
  process.stdout.write(JSON.stringify(answer) + '\n')
}
process.exit(0)
