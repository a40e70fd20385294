package io.flocker.cli.shell;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Balances;
import java.io.IOException;
import java.util.List;

/// The API's calls about how load is spread, by name.
public final class Spreading {
    private final FlockerClient client;

    Spreading(FlockerClient client) {
        this.client = client;
    }

    public Balances.Standing standing() throws IOException, InterruptedException {
        return client.get("/v2/balance", Balances.Standing.class);
    }

    public Balances.Standing set(Balances.Change change) throws IOException, InterruptedException {
        return client.put("/v2/balance", change, Balances.Standing.class);
    }

    /// Has load spread once.
    ///
    /// @return what has to move for that
    public Balances.Plan run(boolean dryRun) throws IOException, InterruptedException {
        return client.post("/v2/balance/run?dryRun=" + dryRun, new Object[0], Balances.Plan.class);
    }

    /// What would be where without these nodes and data centers.
    public Balances.Simulation without(List<String> nodes, List<String> datacenters)
            throws IOException, InterruptedException {
        return client.get(
                "/v2/simulations/loss?nodes=" + Cluster.encode(String.join(",", nodes)) + "&datacenters="
                        + Cluster.encode(String.join(",", datacenters)),
                Balances.Simulation.class);
    }

    /// Where the instances of a service would be if it had so many.
    public Balances.Simulation scaled(String environment, String service, int count)
            throws IOException, InterruptedException {
        return client.get(
                Cluster.path(environment) + "/services/" + Cluster.encode(service) + "/simulations/scale?count="
                        + count,
                Balances.Simulation.class);
    }

    /// Why an instance is where it is, or where one more of a service would be.
    public Balances.Explanation explain(String environment, String subject) throws IOException, InterruptedException {
        return client.get(
                Cluster.path(environment) + "/explanations/" + Cluster.encode(subject), Balances.Explanation.class);
    }
}
