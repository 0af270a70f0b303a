import { expect, it } from 'vitest'
import { isVoiceMessage, mayConvert } from './voice-conversion.ts'

const runner = (state: 'active' | 'draining' | 'dead', convertsVoice: boolean | null) =>
  ({ answer: { state }, convertsVoice }) as Parameters<typeof mayConvert>[0][number]

it('a sound may be converted unless every live runner says that it cannot', () => {
  const [can, cannot, old] = [runner('active', true), runner('active', false), runner('active', null)]
  expect([[], [can], [cannot, can], [old], [cannot, old], [runner('dead', false)]].map(mayConvert)).not.toContain(false)
  expect([[cannot], [cannot, cannot, runner('draining', false)], [cannot, runner('dead', true)]].map(mayConvert)).toEqual([
    false,
    false,
    false,
  ])
})

it('bytes tell whether a sound needs a conversion, and its type where there are none yet', () => {
  const opus = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')])
  const ofBytes = (mimetype: string, head: Buffer) => isVoiceMessage({ mimetype, head })
  expect([ofBytes('audio/mpeg', opus), ofBytes('audio/ogg; codecs=opus', Buffer.from('ID3'))]).toEqual([true, false])
  const ofType = (mimetype: string) => isVoiceMessage({ mimetype, head: null })
  const voices = ['audio/ogg', 'audio/ogg; codecs=opus', 'Audio/OGG;codecs="opus"', 'audio/opus', 'audio/ogg; rate=48000']
  expect(voices.map(ofType)).toEqual(voices.map(() => true))
  const others = ['audio/mpeg', 'audio/ogg; codecs=vorbis', 'audio/mp4', 'audio/oggish', 'video/ogg']
  expect(others.map(ofType)).toEqual(others.map(() => false))
})
