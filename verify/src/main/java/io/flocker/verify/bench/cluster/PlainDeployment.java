package io.flocker.verify.bench.cluster;

import java.io.IOException;

/// A web server deployed by Docker's own means, which upgrades are compared with. Closing it leaves nothing of it.
interface PlainDeployment extends AutoCloseable {

    /// As the load's output names it.
    String name();

    /// Where its page is.
    String url();

    /// Deploys the first image and waits for its command to end.
    void start(String image) throws IOException;

    /// Puts `image` in the place of what runs.
    void upgrade(String image) throws IOException;

    @Override
    void close() throws IOException;
}
