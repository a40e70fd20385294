package io.flocker.agent.proxy;

/// The way to a backend's instances on another node, in one HAProxy worker.
///
/// @param ready whether requests go there
/// @param weight how much its instances weigh together, as HAProxy knows it
record Far(boolean ready, int weight) {
    /// HAProxy's greatest.
    static final int MAX_WEIGHT = 256;

    private static final String PREFIX = "m-";

    /// What a node's server is called in every backend.
    static String server(String node) {
        return PREFIX + node;
    }

    static boolean isOne(String server) {
        return server.startsWith(PREFIX);
    }
}
