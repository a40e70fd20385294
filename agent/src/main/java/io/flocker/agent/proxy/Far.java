package io.flocker.agent.proxy;

/// One of the ways to a backend's instances on another node, in one HAProxy worker. There are several, one for each
/// instance as long as they suffice: HAProxy chooses among servers that do nothing one after the other, however heavy
/// they are, and an instance beside it would get as much as many elsewhere.
///
/// @param ready whether requests go there
/// @param weight its part of what the instances there weigh together, as HAProxy knows it
record Far(boolean ready, int weight) {
    /// How many there are to each node. Each costs HAProxy 20 KiB.
    static final int WAYS = 4;

    /// HAProxy's greatest.
    private static final int MAX_WEIGHT = 256;

    /// What a node's server is called that tells whether it answers at all.
    static String check(String node) {
        return "m-" + node;
    }

    /// What a way to a node is called in every backend.
    ///
    /// @param number 1 to [#WAYS]
    static String server(String node, int number) {
        return "m" + number + "-" + node;
    }

    static boolean isOne(String server) {
        return server.length() > 2
                && server.charAt(0) == 'm'
                && Character.isDigit(server.charAt(1))
                && server.charAt(2) == '-';
    }

    /// What a way should be if there are `count` instances: as many each as can be.
    static Far of(int count, int number) {
        int weight = count / WAYS + (number <= count % WAYS ? 1 : 0);
        return new Far(weight > 0, Math.clamp(weight, 1, MAX_WEIGHT));
    }
}
