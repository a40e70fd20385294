-- What Flocker adds to HAProxy. HELD_MAP, HOLD_MILLIS and GATE are set in the lines before these.
-- Every thread has its own copy of this program.

local held = Map.new(HELD_MAP, Map._str)

local function millis()
    local now = core.now()
    return now.sec * 1000 + math.floor(now.usec / 1000)
end

-- Waits until the map of held ones no longer names the backend; false if that takes too long.
local function wait(backend)
    local last = millis() + HOLD_MILLIS
    local pause = 2
    while held:lookup(backend) do
        if millis() > last then return false end
        core.msleep(pause)
        if pause < 10 then pause = pause + 1 end
    end
    return true
end

core.register_action("hold", { "http-req" }, function(txn, backend)
    if not wait(backend) then txn:set_var("txn.held_too_long", true) end
end, 1)

-- HAProxy 2.6 loses the timer of a `tcp-request content` action that sleeps, if its time has come before the action
-- gives up its thread; the connection would never be woken. A socket does wake it: the gate closes it in time.
core.register_action("hold", { "tcp-req" }, function(txn, backend)
    local gate = core.tcp()
    gate:settimeout(HOLD_MILLIS / 1000 + 1)
    if gate:connect("unix@" .. GATE) then
        gate:send(backend .. "\n")
        gate:receive("*l")
    end
    gate:close()
    if held:lookup(backend) then txn:set_var("txn.held_too_long", true) end
end, 1)

core.register_service("gate", "tcp", function(applet)
    wait((applet:getline():gsub("\n", "")))
end)

-- HAProxy's own `set server` refuses in a worker that finishes its last connections, but requests may be held there.
local function place(applet, _, _, backend, name, address, port)
    local server = core.backends[backend].servers[name]
    server:set_addr(address, port)
    server:set_ready()
    applet:send("\n")
end

core.register_cli({ "flocker", "in" }, "flocker in BACKEND SERVER ADDRESS PORT", place)

-- Another node's instances are as heavy as there are; an instance of this node weighs what its share asks for.
core.register_cli({ "flocker", "far" }, "flocker far BACKEND SERVER WEIGHT", function(applet, _, _, backend, name, weight)
    local server = core.backends[backend].servers[name]
    server:set_weight(weight)
    server:set_ready()
    applet:send("\n")
end)

-- Requests that have the server keep it.
core.register_cli({ "flocker", "out" }, "flocker out BACKEND SERVER", function(applet, _, _, backend, name)
    core.backends[backend].servers[name]:set_maint()
    applet:send("\n")
end)
