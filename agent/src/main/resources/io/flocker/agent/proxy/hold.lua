-- Holds requests and connections of backends that are named in the map of held ones, until they no longer are.
-- HELD_MAP and HOLD_MILLIS are set in the lines before these. Every thread has its own copy of this program.
local held = Map.new(HELD_MAP, Map._str)

local function millis()
    local now = core.now()
    return now.sec * 1000 + math.floor(now.usec / 1000)
end

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
