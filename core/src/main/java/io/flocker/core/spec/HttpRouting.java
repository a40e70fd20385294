package io.flocker.core.spec;

import java.util.List;

/// How requests find an HTTP service by host name, on the nodes' shared HTTP port.
///
/// @param hosts host names (`shop.example.com`, `*.example.com`); empty for none
/// @param port the container's port those requests go to; 0 when there are no hosts
/// @param balance how requests are shared out
public record HttpRouting(List<String> hosts, int port, Balance balance) {
    public enum Balance {
        LEAST_CONNECTIONS,
        ROUND_ROBIN
    }

    public static final HttpRouting NONE = new HttpRouting(List.of(), 0, Balance.LEAST_CONNECTIONS);

    /// The same for other host names.
    public HttpRouting at(List<String> newHosts) {
        return new HttpRouting(newHosts, port, balance);
    }

    /// The same with requests shared out in turn.
    public HttpRouting inTurn() {
        return new HttpRouting(hosts, port, Balance.ROUND_ROBIN);
    }
}
