// Does what programs do with the official Node client, and prints what came of it as JSON.
// Arguments: base URL, key, folder with english.flac, long.flac, german.flac, broken.flac and large.wav.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(`${process.env.CLIENTS}/package.json`)
const OpenAI = require('openai').default
const [base, key, folder] = process.argv.slice(2)
const client = new OpenAI({ baseURL: base, apiKey: key, maxRetries: 0, timeout: 120_000 })
const out = { version: JSON.parse(fs.readFileSync(`${process.env.CLIENTS}/node_modules/openai/package.json`)).version }
const file = (name) => fs.createReadStream(`${folder}/${name}`)

async function refused(run) {
  try {
    await run()
  } catch (e) {
    return { kind: e.constructor.name, status: e.status ?? 0, code: e.code, param: e.param ?? null, message: e.message }
  }
  return null
}

out.models = []
for await (const m of client.models.list()) out.models.push(m.id)
out.text = (await client.audio.transcriptions.create({ model: 'whisper-1', file: file('english.flac'), language: 'en' })).text

const verbose = await client.audio.transcriptions.create({
  model: 'whisper-1', file: file('english.flac'), response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'],
})
out.language = verbose.language
out.duration = Number(verbose.duration)
out.words = verbose.words
out.segments = verbose.segments
out.vtt = await client.audio.transcriptions.create({ model: 'whisper-1', file: file('english.flac'), response_format: 'vtt' })

let begun = performance.now()
const seconds = () => (performance.now() - begun) / 1000
out.deltas = []
for await (const event of await client.audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file: file('long.flac'), language: 'en', stream: true })) {
  if (event.type === 'transcript.text.delta') {
    out.first_delta_s ??= seconds()
    out.deltas.push(event.delta)
  } else if (event.type === 'transcript.text.done') {
    out.streamed = event.text
    out.done_s = seconds()
  }
}

out.german = (await client.audio.transcriptions.create({ model: 'whisper-1', file: file('german.flac') })).text
out.translation = (await client.audio.translations.create({ model: 'whisper-1', file: file('german.flac') })).text

out.spoken = 'Das Bürgeramt ist am Montag von acht bis zwölf Uhr geöffnet.'
begun = performance.now()
const sound = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: out.spoken, response_format: 'opus', language: 'de' })
const pieces = []
for await (const piece of sound.body) {
  out.first_sound_s ??= seconds()
  pieces.push(piece)
}
fs.writeFileSync(`${folder}/spoken.opus`, Buffer.concat(pieces))
out.heard = (await client.audio.transcriptions.create({ model: 'whisper-1', file: file('spoken.opus'), language: 'de' })).text
out.wav = (await (await client.audio.speech.create({ model: 'tts-1', voice: 'nova', input: out.spoken, response_format: 'wav', speed: 1.5 })).arrayBuffer()).byteLength

out.unknown_key = await refused(() => new OpenAI({ baseURL: base, apiKey: 'wrong', maxRetries: 0 }).models.list())
out.broken = await refused(() => client.audio.transcriptions.create({ model: 'whisper-1', file: file('broken.flac') }))
out.large = await refused(() => client.audio.transcriptions.create({ model: 'whisper-1', file: file('large.wav') }))
out.mp3 = await refused(() => client.audio.speech.create({ model: 'tts-1', voice: 'nova', input: 'Tag', response_format: 'mp3' }))
out.model = await refused(() => client.audio.transcriptions.create({ model: 'nobody', file: file('english.flac') }))
console.log(JSON.stringify(out))
