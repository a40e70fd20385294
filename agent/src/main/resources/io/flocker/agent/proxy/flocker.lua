-- What Flocker adds to HAProxy. HELD_MAP and HOLD_MILLIS are set in the lines before these.
-- Every thread has its own copy of this program.

local held = Map.new(HELD_MAP, Map._str)

local function millis()
    local now = core.now()
    return now.sec * 1000 + math.floor(now.usec / 1000)
end

-- Holds a request or connection of a backend until the map of held ones no longer names it.
core.register_action("hold", { "tcp-req", "http-req" }, function(txn, backend)
    local last = millis() + HOLD_MILLIS
    local pause = 2
    while held:lookup(backend) do
        if millis() > last then
            txn:set_var("txn.held_too_long", true)
            return
        end
        core.msleep(pause)
        if pause < 10 then pause = pause + 1 end
    end
end, 1)

-- HAProxy's own `set server` refuses in a worker that finishes its last connections, but requests may be held there.
local function place(applet, _, _, backend, name, address, port)
    local server = core.backends[backend].servers[name]
    server:set_addr(address, port)
    server:set_ready()
    applet:send("\n")
end

core.register_cli({ "flocker", "in" }, "flocker in BACKEND SERVER ADDRESS PORT", place)

-- Requests that have the server keep it.
core.register_cli({ "flocker", "out" }, "flocker out BACKEND SERVER", function(applet, _, _, backend, name)
    core.backends[backend].servers[name]:set_maint()
    applet:send("\n")
end)
