import type * as Baileys from '@whiskeysockets/baileys'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { redirectMedia } from './whatsapp/media/redirect.ts'

// Makes Baileys dial the simulator, trust its root, and download from it. Only the sandbox's runners preload this file, because
// the product has no such switches. A built runner may have a Baileys of its own, so the runner's entry decides which one is
// changed.
const baileys = createRequire(process.argv[1] ?? import.meta.url).resolve('@whiskeysockets/baileys')
const { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } = (await import(pathToFileURL(baileys).href)) as typeof Baileys

const { SANDBOX_SLOT: slot, SANDBOX_WHATSAPP_URL: url, SANDBOX_WHATSAPP_ROOT: root, SANDBOX_WHATSAPP_MEDIA: media } = process.env
// The simulator tells its events with the process that each connection comes from.
if (url) DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = slot ? `${url}?process=${slot}.${process.pid}` : url
if (root) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(root, 'hex')
if (media) redirectMedia(media)
