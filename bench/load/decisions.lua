-- Random guest, property and stay; a key of its own for every request, or replays would be measured.
local seed = tonumber(os.getenv("BENCH_SEED") or "1")
local guests = tonumber(os.getenv("BENCH_GUESTS") or "1000")
local channels = { "direct", "agency", "corporate", "wholesale" }
local classes = { "single", "double", "superior", "suite" }
local number = 0

function init(args)
  math.randomseed(seed)
end

function request()
  number = number + 1
  local guest = math.random(0, guests - 1)
  local nights = math.random(1, 7)
  local reservation = string.format("B-%d-%d", seed, number)
  local body = string.format(
    '{"guest":"card:%d","property":"hotel-%03d","moment":"arrival","mode":"commit","stay":{"reservation":"%s",' ..
    '"arrival":"2026-11-22","departure":"2026-11-%d","room_class":"%s","channel":"%s","adults":%d,"rooms":1}}',
    guest, math.random(0, 199), reservation, 22 + nights, classes[math.random(4)], channels[math.random(4)],
    math.random(1, 4))
  wrk.headers["Idempotency-Key"] = string.format("bench-%08d-%012d", seed, number)
  return wrk.format("POST", "/v1/decisions", nil, body)
end

local bad = 0
function response(status)
  if status < 200 or status > 299 then bad = bad + 1 end
end

function done(summary, latency)
  io.write(string.format('RESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "non2xx": %d, "socket": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
