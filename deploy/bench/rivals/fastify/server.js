// Reads an account by the same statement as the suite, prepared, and answers the same JSON by a schema.
const cluster = require('node:cluster')
const { availableParallelism } = require('node:os')

const STATEMENT = `SELECT id, account_type, email, avatar_url, header_url, created_at, posts_count, liked_count, shared_count, first_name,
  middle_name, last_name, to_char(birthday, 'MM/DD/YYYY') AS birthday, gender, preferred_name, is_verified, is_full_name_visible,
  opportunity_ids, EXISTS (SELECT FROM connections WHERE low_id = least(accounts.id, $2) AND high_id = greatest(accounts.id, $2)) AS is_connected
  FROM accounts WHERE id = $1 AND NOT EXISTS (SELECT FROM blocks WHERE blocker_id = accounts.id AND blocked_id = $2)`
const NOBODY = '00000000-0000-0000-0000-000000000000'

const text = { type: 'string' }
const ANSWER = {
  type: 'object',
  properties: {
    id: text, email: text, avatar: text, header: text, created_at: text, type: text, posts_count: text, liked_count: text,
    shared_count: text, first_name: text, middle_name: text, last_name: text, birthday: text, gender: text, preferred_name: text,
    is_verified: { type: 'boolean' }, opportunities: { type: 'array', items: text },
  },
}

function account(row) {
  const isOrganization = row.account_type === 'organization'
  const isShown = row.is_connected || row.is_full_name_visible
  const common = {
    id: row.id,
    email: isOrganization || row.is_connected ? row.email : '',
    avatar: row.avatar_url || `http://localhost/v1/accounts/${row.id}/avatar.svg`,
    header: row.header_url || `http://localhost/v1/accounts/${row.id}/header.svg`,
    created_at: String(Math.floor(row.created_at / 1000)),
    type: isOrganization ? 'Organization' : 'User',
    posts_count: row.posts_count,
    liked_count: row.liked_count,
    shared_count: row.shared_count,
  }
  return isOrganization
    ? { ...common, preferred_name: row.preferred_name, is_verified: row.is_verified, opportunities: row.opportunity_ids }
    : {
        ...common, first_name: row.first_name, middle_name: isShown ? row.middle_name : '', last_name: isShown ? row.last_name : '',
        birthday: row.birthday, gender: row.gender,
      }
}

async function serve() {
  const { Pool } = require('pg')
  const pool = new Pool({
    connectionString: process.env.DATABASE_URL, max: 16 / availableParallelism(), options: '-c search_path=account -c jit=off',
  })
  const server = require('fastify')()
  server.get('/v1/accounts/:id', { schema: { response: { 200: ANSWER } } }, async (request, reply) => {
    const { rows } = await pool.query({ name: 'account', text: STATEMENT, values: [request.params.id, NOBODY] })
    return rows.length ? account(rows[0]) : reply.code(404).send()
  })
  const [host, port] = process.env.ADDRESS.split(':')
  await server.listen({ host, port: Number(port) })
}

if (cluster.isPrimary) {
  for (let worker = 0; worker < availableParallelism(); worker++) cluster.fork()
} else {
  serve()
}
