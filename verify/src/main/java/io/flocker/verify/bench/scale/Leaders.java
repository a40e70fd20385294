package io.flocker.verify.bench.scale;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Where the leader is believed to be, by all agents together: one that finds it elsewhere tells the others.
final class Leaders {
    private final List<URI> members;
    private final AtomicInteger believed = new AtomicInteger();

    /// @param members the APIs of the log's members
    Leaders(List<URI> members) {
        this.members = List.copyOf(members);
    }

    URI now() {
        return members.get(believed.get());
    }

    /// Somebody who believed so was wrong.
    void isNot(URI member) {
        int index = members.indexOf(member);
        believed.compareAndSet(index, (index + 1) % members.size());
    }

    /// A header of a request as a node passes it on, which is answered only by who leads; none if there is one member.
    String speaksFor(String node) {
        return members.size() == 1 ? "" : "Flocker-For: node " + node + "\r\n";
    }
}
