import { z } from 'zod'
import { changePicture, changeProfile, showProfile } from '../use-cases/directory/people.ts'
import { ASKING_PROBLEMS } from './asking-problems.ts'
import { inGroup, SUCCESS, successSchema } from './directory-schemas.ts'
import { READERS, type Route, route, SENDERS } from './route.ts'
import { label, named, requiredString, unknownField } from './schemas.ts'

const TAG = 'Profile'
const done = { description: 'It is done.', schema: successSchema }

/** The bytes of a small JPEG, for the examples. */
const EXAMPLE = { file: { mimetype: 'image/jpeg', filename: 'me.jpg', data: '/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==' } }

const pictureBody = z
  .object({
    file: z
      .object({
        mimetype: z.string('must be a text').nullish(),
        filename: z.string('must be a text').nullish(),
        data: z.string('must be a text').nullish().meta({ description: 'A JPEG in base64, at most 500 KiB.' }),
        url: z.string('must be a text').nullish().meta({ description: 'Where the session fetches it, if there is no `data`.' }),
      })
      .catchall(unknownField),
  })
  .catchall(unknownField)
  .meta({ id: 'PictureToShow', example: EXAMPLE })

const PLACES = [
  ['/api/:name/profile/picture', 'ProfilePicture', 'the picture of the account', named],
  ['/api/:name/groups/:group/picture', 'GroupPicture', 'the picture of a group', inGroup],
] as const

const pictures: readonly Route[] = PLACES.flatMap(([path, id, what, params]) => {
  const placeOf = (given: object) => {
    const { name, group } = given as { name: string; group?: string }
    return { session: name, group: group ?? null }
  }
  return [
    route({
      method: 'PUT',
      path,
      operationId: `set${id}`,
      tag: TAG,
      summary: `Set ${what}`,
      roles: SENDERS,
      request: { params, body: pictureBody },
      answers: { 200: done },
      problems: ASKING_PROBLEMS,
      run: async ({ dependencies, principal, params: given, body: { file } }) => {
        await changePicture(dependencies, principal, { ...placeOf(given), file })
        return { status: 200, body: SUCCESS }
      },
    }),
    route({
      method: 'DELETE',
      path,
      operationId: `delete${id}`,
      tag: TAG,
      summary: `Remove ${what}`,
      roles: SENDERS,
      request: { params },
      answers: { 200: done },
      problems: ASKING_PROBLEMS,
      run: async ({ dependencies, principal, params: given }) => {
        await changePicture(dependencies, principal, { ...placeOf(given), file: null })
        return { status: 200, body: SUCCESS }
      },
    }),
  ]
})

export const PROFILE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/:name/profile',
    operationId: 'getProfile',
    tag: TAG,
    summary: 'Show the profile of the account',
    roles: READERS,
    request: { params: named },
    answers: {
      200: {
        description: 'The profile.',
        schema: z.strictObject({ id: z.string(), name: z.string(), picture: z.string().nullable() }).meta({ id: 'Profile' }),
      },
    },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await showProfile(dependencies, principal, name),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/:name/profile/name',
    operationId: 'setProfileName',
    tag: TAG,
    summary: 'Set the name of the account',
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({ name: label('the name') })
        .catchall(unknownField)
        .meta({ id: 'ProfileName', example: { name: 'Our shop' } }),
    },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params, body: { name } }) => {
      await changeProfile(dependencies, principal, { session: params.name, name })
      return { status: 200, body: SUCCESS }
    },
  }),
  route({
    method: 'PUT',
    path: '/api/:name/profile/status',
    operationId: 'setProfileStatus',
    tag: TAG,
    summary: 'Set what the account says about itself',
    roles: SENDERS,
    request: {
      params: named,
      body: z
        .object({ status: requiredString('a text').max(139, 'must have at most 139 characters') })
        .catchall(unknownField)
        .meta({ id: 'ProfileStatus', example: { status: 'Open from 9 to 5' } }),
    },
    answers: { 200: done },
    problems: ASKING_PROBLEMS,
    run: async ({ dependencies, principal, params: { name }, body: { status } }) => {
      await changeProfile(dependencies, principal, { session: name, about: status })
      return { status: 200, body: SUCCESS }
    },
  }),
  ...pictures,
]
