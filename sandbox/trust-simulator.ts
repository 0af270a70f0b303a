import { DEFAULT_CONNECTION_CONFIG, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import { redirectMedia } from './whatsapp/media/redirect.ts'

// Preloaded into the sandbox's runners, and into nothing else: their Baileys dials the simulator, trusts its root, and
// downloads from it. The product has no switch for any of it.
const { SANDBOX_WHATSAPP_URL: url, SANDBOX_WHATSAPP_ROOT: root, SANDBOX_WHATSAPP_MEDIA: media } = process.env
if (url) DEFAULT_CONNECTION_CONFIG.waWebSocketUrl = url
if (root) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(root, 'hex')
if (media) redirectMedia(media)
