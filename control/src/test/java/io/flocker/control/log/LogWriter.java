package io.flocker.control.log;

import io.flocker.client.Credentials;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import java.nio.file.Path;
import java.util.List;
import org.pcollections.TreePMap;

/// A process to be killed: adds node after node, and prints each name once it is acknowledged.
final class LogWriter {
    static final int SNAPSHOT_EVERY_ENTRIES = 40;

    private LogWriter() {}

    /// Goes on until it is killed.
    ///
    /// @param arguments the log's folder, the credentials' folder, its Raft port, the first number
    public static void main(String[] arguments) throws Exception {
        try (ClusterLog log = open(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]))) {
            for (int i = Integer.parseInt(arguments[3]); ; i++) {
                var add = new Command.AddNode("test", i, "n" + i, "10.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE);
                if (log.submit(add).outcome() instanceof Outcome.Accepted) {
                    System.out.println("n" + i);
                }
            }
        } catch (Exception e) {
            e.printStackTrace();
            // Threads of Ratis would keep the process.
            Runtime.getRuntime().halt(1);
        }
    }

    static ClusterLog open(Path folder, Path credentials, int port) throws Exception {
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + port);
        return new ClusterLog(
                folder, self, List.of(self), Credentials.read(credentials, "node"), SNAPSHOT_EVERY_ENTRIES);
    }
}
