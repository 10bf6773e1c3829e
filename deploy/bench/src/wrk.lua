-- Sends the requests of a file, one after the other and again from the beginning, and says in one line what came of it. A line of
-- the file has a method, a path, the name of a header, its value, and a body, with tabs in between.
local requests, place = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, name, value, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local headers = { ["Accept"] = "application/json" }
        if name ~= "" then headers[name] = value end
        if body ~= "" then headers["Content-Type"] = "application/json" else body = nil end
        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    place = place % #requests + 1
    return requests[place]
end

function done(summary, latency)
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    print(string.format("BENCH %d %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), summary.errors.status, failed))
end
