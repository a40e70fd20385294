package io.flocker.agent.engine;

import io.flocker.core.lease.Tenure;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.pcollections.TreePMap;

/// Containers, images and networks of one node. Every method may be repeated.
public interface ContainerEngine extends AutoCloseable {
    /// What is there.
    ///
    /// @param containers by [Found#key]
    /// @param surplus ids of containers of ours that are not the newest of their slot, or cannot be read
    /// @param networks subnets by environment
    /// @param deaf containers that run and do not answer where they are asked, and why
    /// @param besides the surplus ones whose labels can be read
    /// @param mounts the ids of the volumes that each of all these has, by container
    record Sight(
            TreePMap<String, Found> containers,
            List<String> surplus,
            TreePMap<String, String> networks,
            List<Problem> deaf,
            List<Found> besides,
            Map<String, List<String>> mounts) {}

    /// Looks. Cheap: it asks the engine only about what changed.
    Sight look() throws IOException;

    /// Content ids of the wanted images that are here, as [io.flocker.core.plan.Observed#images] names them.
    TreePMap<String, String> images(Collection<WantedImage> wanted) throws IOException;

    /// The TCP ports that those of the wanted images that are here say they listen on, by reference.
    TreePMap<String, List<Integer>> exposed(Collection<WantedImage> wanted) throws IOException;

    /// Gets an image from its registry.
    void pull(WantedImage image) throws IOException, InterruptedException;

    /// An image that is here.
    ///
    /// @param id of its content
    /// @param bytes its size, unpacked
    record Image(String id, long bytes) {}

    /// The image of that name; empty if it is not here.
    Optional<Image> image(String name) throws IOException;

    /// Writes an image with its name to `out`, for [#load].
    void save(String name, OutputStream out) throws IOException, InterruptedException;

    /// Adds the image that `archive` holds, as if it had been pulled.
    void load(WantedImage image, InputStream archive) throws IOException, InterruptedException;

    void createNetwork(String environment) throws IOException;

    void deleteNetwork(String environment) throws IOException;

    /// Creates an instance's container and starts it.
    void start(WantedInstance instance, WantedEnvironment environment, Lodging lodging) throws IOException;

    /// What an instance finds on its node.
    ///
    /// @param heads where volumes are mounted, by volume id
    /// @param files where the release's files are, by name
    /// @param tenures what only a lease allows it to write
    /// @param group the control group to put it in, such as `flocker/v-1@3`; empty for the engine's own choice
    record Lodging(Function<String, Path> heads, Function<String, Path> files, List<Tenure> tenures, String group) {}

    /// Where a control group of that name is or will be, below a freezer.
    ///
    /// @throws IOException if the engine cannot put containers into it; says what to do
    Path group(String name) throws IOException;

    /// The control group that a container's processes are in, below a freezer; empty if it does not run.
    Optional<Path> groupOf(String container) throws IOException;

    /// Removes those of the control groups in `parent` that are empty and not among `used`.
    void removeGroups(String parent, Set<String> used) throws IOException;

    void startAgain(String container) throws IOException;

    /// Stops a container: its stop signal, and SIGKILL once `graceMillis` have passed.
    void stop(String container, long graceMillis) throws IOException;

    void remove(String container) throws IOException;

    /// Forgets what it knows about a volume that is to be deleted.
    void forgetVolume(String volume) throws IOException;

    /// Makes ready to have those of an environment's containers stand still that run now, which then takes no time.
    Standstill standstill(String environment) throws IOException;

    /// Containers that can be frozen.
    interface Standstill {
        /// Runs `action` while nothing in them runs.
        ///
        /// @return how long they stood still, in microseconds
        long during(FrozenAction action) throws IOException;
    }

    /// Runs a command in a container, to its end or for `timeoutMillis`; then it is killed.
    Ran run(String container, List<String> command, long timeoutMillis) throws IOException, InterruptedException;

    /// What became of a command.
    ///
    /// @param exitCode empty if it was killed
    /// @param output the end of what it printed
    record Ran(OptionalInt exitCode, String output) {}

    /// Nanoseconds of CPU time that a container has used; empty if it does not run.
    ///
    /// @throws IOException if that cannot be told; says why
    OptionalLong cpuNanos(String container) throws IOException;

    /// What a container has used; empty if it does not run.
    Optional<Use> use(String container) throws IOException;

    /// What a container has used since it began, and has now.
    ///
    /// @param memoryBytes that it has now and that could not be taken away
    /// @param ioBytes read from disks and written to them
    /// @param networkBytes received and sent
    record Use(long cpuNanos, long memoryBytes, long ioBytes, long networkBytes) {
        public static final Use NOTHING = new Use(0, 0, 0, 0);

        public Use plus(Use more) {
            return new Use(
                    cpuNanos + more.cpuNanos,
                    memoryBytes + more.memoryBytes,
                    ioBytes + more.ioBytes,
                    networkBytes + more.networkBytes);
        }
    }

    /// The last `most` characters of what a container printed.
    String tail(String container, int most) throws IOException, InterruptedException;

    /// Called whenever something changed by itself; must return at once.
    void onChange(Runnable listener);

    @Override
    void close() throws IOException;

    /// What is done while containers stand still.
    @FunctionalInterface
    interface FrozenAction {
        void run() throws IOException;
    }
}
