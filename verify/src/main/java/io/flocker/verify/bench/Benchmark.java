package io.flocker.verify.bench;

import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.List;

/// Something to measure on a running server, beside what it is compared with. Leaves the server as it found it.
public interface Benchmark {
    /// Nodes of those that need several: three voters, and one that is none.
    int MANY = 4;

    /// Of those that need no server.
    int NONE = 0;

    /// On how many nodes.
    default int nodes() {
        return 1;
    }

    /// What it measures: one line of the table each.
    List<Figure> figures();

    /// Measures in turn with the reference.
    ///
    /// @return one for each of [#figures], in their order
    default List<Medians> measure(Servers server) throws IOException, InterruptedException {
        return measure();
    }

    /// The same for one that needs no server.
    default List<Medians> measure() throws IOException, InterruptedException {
        throw new IOException("It needs a server");
    }
}
