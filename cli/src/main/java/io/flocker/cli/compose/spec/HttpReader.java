package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.HttpRouting.Sticky;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads a service's
/// `x-flocker: {http: {hosts: […], port: 8080, balance: leastconn, sticky: true, redirect_https: true}}`: the host
/// names it is reached by, and which instance gets a request. Without `port`, it is the one TCP port that the service
/// publishes or exposes.
final class HttpReader {
    private final Optional<Value> http;
    private final List<String> hosts = new ArrayList<>();
    private int port;
    private HttpRouting.Balance balance = HttpRouting.Balance.LEAST_CONNECTIONS;
    private boolean redirect;
    private Optional<Value> stickyAt = Optional.empty();
    private Optional<Sticky> sticky = Optional.empty();

    /// @param own the service's `x-flocker`
    HttpReader(Optional<Section> own) {
        this.http = own.flatMap(it -> it.get("http"));
        http.map(it -> it.section("http")).ifPresent(this::read);
    }

    private void read(Section section) {
        for (Value item : section.get("hosts").map(Value::itemsOrOne).orElse(List.of())) {
            item.word().ifPresent(host -> {
                if (!Names.host(host)) {
                    item.complain("is not a host name: \"" + Shown.word(host) + "\"");
                }
                hosts.add(host.toLowerCase(Locale.ROOT));
            });
        }
        port = (int) section.number("port", 1, 65_535).orElse(0);
        if (section.oneOf("balance", "leastconn", "roundrobin").equals("roundrobin")) {
            balance = HttpRouting.Balance.ROUND_ROBIN;
        }
        stickyAt = section.get("sticky");
        sticky = stickyAt.flatMap(HttpReader::sticky);
        redirect = section.get("redirect_https").filter(Value::flag).isPresent();
        section.end();
    }

    /// `true`, or `{cookie: NAME}`.
    private static Optional<Sticky> sticky(Value value) {
        if (!value.isMap()) {
            return value.flag() ? Optional.of(new Sticky("")) : Optional.empty();
        }
        Section section = value.section("sticky");
        Optional<Value> cookie = section.get("cookie");
        var read = new Sticky(cookie.flatMap(Value::text).orElse(""));
        section.end();
        if (cookie.isEmpty() || (!read.cookie().isEmpty() && read.valid())) {
            return Optional.of(read);
        }
        cookie.get()
                .complain("must be a cookie's name: " + Sticky.RULE + ", not \"" + Shown.word(read.cookie()) + "\"");
        return Optional.empty();
    }

    /// Complains about what cannot keep its clients at their instances.
    void refuse(ServiceSpec spec) {
        stickyAt.ifPresent(at -> spec.stickyObjection().ifPresent(why -> at.complainAtKey("cannot be: " + why)));
    }

    /// As the file has it; 0 for absent.
    int port() {
        return port;
    }

    Optional<Value> at() {
        return http;
    }

    /// @param containerPorts the TCP ports the service is known to listen on
    HttpRouting routing(List<Integer> containerPorts) {
        int target = port;
        if (!hosts.isEmpty() && port == 0) {
            if (containerPorts.size() == 1) {
                target = containerPorts.getFirst();
            } else {
                http.ifPresent(it -> it.complainAtKey("must have a port: the container's port that requests go to"));
            }
        }
        return new HttpRouting(List.copyOf(hosts), hosts.isEmpty() ? 0 : target, balance, sticky, redirect);
    }
}
