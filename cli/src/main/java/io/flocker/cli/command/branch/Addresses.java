package io.flocker.cli.command.branch;

import io.flocker.client.api.Status;
import java.util.ArrayList;
import java.util.List;

/// Where an environment is reached, from any node.
final class Addresses {
    private Addresses() {}

    /// `web https://alice.shop.example.com, db port 30001`; empty if it is not reached from outside.
    static String of(Status.Environment environment) {
        List<String> addresses = new ArrayList<>();
        for (Status.Service service : environment.services()) {
            of(service).forEach(address -> addresses.add(service.name() + " " + address));
        }
        return String.join(", ", addresses);
    }

    /// `https://alice.shop.example.com` and `port 30001`.
    static List<String> of(Status.Service service) {
        List<String> addresses = new ArrayList<>();
        addresses.addAll(service.urls());
        service.ports().forEach(port -> addresses.add("port " + port.published()));
        return addresses;
    }
}
