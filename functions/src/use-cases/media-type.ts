import { WEBP } from '@holdfast/core/message/webp'

/** The media types of files whose sender names none: many programs send `file.url` alone. */

const BY_ENDING: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  amr: 'audio/amr',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  mov: 'video/quicktime',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  oga: 'audio/ogg; codecs=opus',
  ogg: 'audio/ogg; codecs=opus',
  opus: 'audio/ogg; codecs=opus',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
  wav: 'audio/wav',
  webm: 'video/webm',
  webp: 'image/webp',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  zip: 'application/zip',
}

const BY_KIND = {
  image: 'image/jpeg',
  video: 'video/mp4',
  voice: 'audio/ogg; codecs=opus',
  document: 'application/octet-stream',
  sticker: WEBP,
} as const

export type FileKind = keyof typeof BY_KIND

/** The families that a kind can show. A document may be of any. */
const FAMILIES: Readonly<Record<FileKind, string>> = {
  image: 'image/',
  video: 'video/',
  voice: 'audio/',
  document: '',
  sticker: WEBP,
}

/** Returns what the name of the file says, or else the end of its address, or else what the kind mostly is. */
export function mediaTypeOf(kind: FileKind, filename: string | null | undefined, url: string | null | undefined): string {
  const names = [filename ?? '', url && URL.canParse(url) ? new URL(url).pathname : '']
  const types = names.map((name) => BY_ENDING[/\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? ''])
  return types.find((type) => type?.startsWith(FAMILIES[kind])) ?? BY_KIND[kind]
}
