package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// How requests find an HTTP service by host name, on the nodes' shared ports, and which instance gets them.
///
/// @param hosts host names (`shop.example.com`, `*.example.com`); empty for none
/// @param port the container's port those requests go to; 0 when there are no hosts
/// @param balance how requests are shared out
/// @param sticky how a client keeps its instance; empty if it does not
/// @param redirect whether requests by plain HTTP to a host name are sent to HTTPS
public record HttpRouting(List<String> hosts, int port, Balance balance, Optional<Sticky> sticky, boolean redirect) {
    public HttpRouting(List<String> hosts, int port, Balance balance, Optional<Sticky> sticky) {
        this(hosts, port, balance, sticky, false);
    }

    public enum Balance {
        LEAST_CONNECTIONS,
        ROUND_ROBIN
    }

    /// A client's requests go to the instance that its cookie names, as long as that takes requests.
    ///
    /// @param cookie the cookie's name; empty for one of the service's own
    public record Sticky(String cookie) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

        /// What a cookie may be called. HTTP (RFC 6265) allows more; these need no quoting anywhere.
        public static final String RULE = "letters, digits, '-', '_' and '.' (not first), 64 at most";

        /// Whether the name is one, or left out.
        public boolean valid() {
            return cookie.isEmpty() || NAME.matcher(cookie).matches();
        }
    }

    public static final HttpRouting NONE = new HttpRouting(List.of(), 0, Balance.LEAST_CONNECTIONS, Optional.empty());

    /// The same for other host names.
    public HttpRouting at(List<String> newHosts) {
        return new HttpRouting(newHosts, port, balance, sticky, redirect);
    }

    /// The same with requests shared out in turn.
    public HttpRouting inTurn() {
        return new HttpRouting(hosts, port, Balance.ROUND_ROBIN, sticky, redirect);
    }
}
