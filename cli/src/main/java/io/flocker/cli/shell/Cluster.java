package io.flocker.cli.shell;

import io.flocker.client.ApiException;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Load;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Event;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// The cluster as commands see it: the API's calls by name.
public final class Cluster implements AutoCloseable {
    private static final int NOT_FOUND = 404;

    private final FlockerClient client;

    public Cluster(FlockerClient client) {
        this.client = client;
    }

    /// For calls that are not here, streams among them.
    public FlockerClient client() {
        return client;
    }

    /// Its users, and what is theirs.
    public Users users() {
        return new Users(client);
    }

    /// How its load is spread.
    public Spreading spreading() {
        return new Spreading(client);
    }

    /// A name as part of a path or query.
    public static String encode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// An environment's path.
    public static String path(String environment) {
        return "/v2/environments/" + encode(environment);
    }

    private static String path(VolumeName volume) {
        return "/v2/volumes/" + encode(volume.environment()) + "/" + encode(volume.volume());
    }

    public Answers.Version version() throws IOException, InterruptedException {
        return client.get("/v2/version", Answers.Version.class);
    }

    public List<Status.Environment> environments() throws IOException, InterruptedException {
        return client.get("/v2/environments", Answers.Environments.class).environments();
    }

    public Status.Environment environment(String name) throws IOException, InterruptedException {
        return client.get(path(name), Status.Environment.class);
    }

    /// Empty if there is none of that name.
    public Optional<Status.Environment> find(String name) throws IOException, InterruptedException {
        try {
            return Optional.of(environment(name));
        } catch (ApiException e) {
            if (e.problem().status() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public Answers.Change deploy(String environment, Requests.Deploy request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.put(path(environment) + "?dryRun=" + dryRun, request, Answers.Change.class);
    }

    /// An image on the node where an environment's services run.
    public Answers.Image image(String environment, String name) throws IOException, InterruptedException {
        return client.get(path(environment) + "/images?name=" + encode(name), Answers.Image.class);
    }

    /// Builds an image there: `body` is as [Requests.Build] says, the answer is of lines of [Answers.BuildOutput].
    public InputStream build(String environment, InputStream body) throws IOException, InterruptedException {
        return client.stream("POST", path(environment) + "/images", body);
    }

    public Answers.Change remove(String environment, boolean volumes, boolean dryRun)
            throws IOException, InterruptedException {
        return client.delete(path(environment) + "?volumes=" + volumes + "&dryRun=" + dryRun, Answers.Change.class);
    }

    public Answers.Change restart(String environment, Requests.Restart request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/restart?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change upgrade(String environment, Requests.Upgrade request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/upgrade?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change scale(String environment, Requests.Scale request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/scale?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change toRelease(String environment, Requests.ToRelease request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/release?dryRun=" + dryRun, request, Answers.Change.class);
    }

    /// The releases of a service, the newest first.
    public List<Status.Release> releases(String environment, String service) throws IOException, InterruptedException {
        return client.get(path(environment) + "/services/" + encode(service) + "/releases", Answers.Releases.class)
                .releases();
    }

    public Answers.Change run(String environment, String service, Requests.Run request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(
                path(environment) + "/services/" + encode(service) + "/runs?dryRun=" + dryRun,
                request,
                Answers.Change.class);
    }

    /// The runs of jobs, newest first.
    ///
    /// @param environment empty for all
    public List<Status.Run> runs(String environment) throws IOException, InterruptedException {
        return client.get("/v2/runs?environment=" + encode(environment), Answers.Runs.class)
                .runs();
    }

    /// Waits for its start or end, up to so long.
    public Status.Run run(String id, int waitSeconds) throws IOException, InterruptedException {
        return client.get("/v2/runs/" + encode(id) + "?wait=" + waitSeconds, Status.Run.class);
    }

    /// All schedules, or only those of one environment.
    ///
    /// @param environment empty for all
    public List<Status.Schedule> schedules(String environment) throws IOException, InterruptedException {
        return client.get("/v2/schedules?environment=" + encode(environment), Answers.Schedules.class)
                .schedules();
    }

    /// A schedule; waits for the end of its run `run`, up to so long, unless that is 0.
    public Status.Schedule schedule(String environment, String name, long run, int waitSeconds)
            throws IOException, InterruptedException {
        return client.get(
                path(environment) + "/schedules/" + encode(name) + "?run=" + run + "&wait=" + waitSeconds,
                Status.Schedule.class);
    }

    public Status.Schedule runSchedule(String environment, String name) throws IOException, InterruptedException {
        return client.post(
                path(environment) + "/schedules/" + encode(name) + "/runs",
                new Requests.Name(""),
                Status.Schedule.class);
    }

    public Status.Schedule pauseSchedule(String environment, String name, boolean paused)
            throws IOException, InterruptedException {
        return client.patch(
                path(environment) + "/schedules/" + encode(name),
                new Requests.PauseSchedule(paused),
                Status.Schedule.class);
    }

    public Answers.Change move(String environment, Requests.Move request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/move?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change rollBack(String environment, Requests.RollBack request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/rollback?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Branches branch(String origin, Requests.Branch request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(origin) + "/branches?dryRun=" + dryRun, request, Answers.Branches.class);
    }

    public Answers.Change refresh(String environment, Requests.Refresh request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/refresh?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change set(String environment, Requests.Set request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/set?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change pause(String environment, boolean dryRun) throws IOException, InterruptedException {
        return client.post(path(environment) + "/pause?dryRun=" + dryRun, new Requests.Name(""), Answers.Change.class);
    }

    public Answers.Change wake(String environment, boolean dryRun) throws IOException, InterruptedException {
        return client.post(path(environment) + "/wake?dryRun=" + dryRun, new Requests.Name(""), Answers.Change.class);
    }

    public Answers.Change life(String environment, Requests.Life request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/life?dryRun=" + dryRun, request, Answers.Change.class);
    }

    /// What a branch has otherwise than its origin.
    /// The same with the files of its volumes.
    public Answers.Differences differencesInFiles(String environment) throws IOException, InterruptedException {
        return client.get(path(environment) + "/differences?files=true", Answers.Differences.class);
    }

    public Answers.Differences differences(String environment) throws IOException, InterruptedException {
        return client.get(path(environment) + "/differences", Answers.Differences.class);
    }

    public Checkpoint takeCheckpoint(String environment, String name) throws IOException, InterruptedException {
        return client.post(path(environment) + "/checkpoints", new Requests.Name(name), Checkpoint.class);
    }

    public Answers.Change deleteCheckpoint(String environment, String name) throws IOException, InterruptedException {
        return client.delete(path(environment) + "/checkpoints/" + encode(name), Answers.Change.class);
    }

    /// All, or only those of one environment.
    public List<Status.Volume> volumes(Optional<String> environment) throws IOException, InterruptedException {
        String query = environment.map(name -> "?environment=" + encode(name)).orElse("");
        return client.get("/v2/volumes" + query, Answers.Volumes.class).volumes();
    }

    /// All, each with the space it takes.
    public List<Status.Volume> volumesWithUsage() throws IOException, InterruptedException {
        return client.get("/v2/volumes?usage=true", Answers.Volumes.class).volumes();
    }

    /// One environment's, each with the space it takes.
    public List<Status.Volume> volumesWithUsage(String environment) throws IOException, InterruptedException {
        return client.get("/v2/volumes?environment=" + encode(environment) + "&usage=true", Answers.Volumes.class)
                .volumes();
    }

    public Status.Volume volume(VolumeName volume) throws IOException, InterruptedException {
        return client.get(path(volume), Status.Volume.class);
    }

    public Status.Volume createVolume(Requests.CreateVolume request) throws IOException, InterruptedException {
        return client.post("/v2/volumes", request, Status.Volume.class);
    }

    public Status.Volume resize(VolumeName volume, long sizeBytes) throws IOException, InterruptedException {
        return client.patch(path(volume), new Requests.ResizeVolume(sizeBytes), Status.Volume.class);
    }

    public Status.Volume replicate(VolumeName volume, Requests.Replicate request)
            throws IOException, InterruptedException {
        return client.put(path(volume) + "/replication", request, Status.Volume.class);
    }

    public Answers.Change failOver(String environment, Requests.FailOver request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/failover?dryRun=" + dryRun, request, Answers.Change.class);
    }

    /// Makes a new cluster of the node that is asked.
    public Answers.Recovered recover(boolean dryRun) throws IOException, InterruptedException {
        return client.post("/v2/recover?dryRun=" + dryRun, new Requests.Name(""), Answers.Recovered.class);
    }

    /// What could fail over: of a node, or of a data center to another one.
    public List<Status.Failover> failovers(String node, String datacenter, String to)
            throws IOException, InterruptedException {
        return client.get(
                        "/v2/failovers?node=" + encode(node) + "&datacenter=" + encode(datacenter) + "&to="
                                + encode(to),
                        Answers.Failovers.class)
                .failovers();
    }

    public Answers.Change failBack(String environment, Requests.FailOver request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(path(environment) + "/failback?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change delete(VolumeName volume) throws IOException, InterruptedException {
        return client.delete(path(volume), Answers.Change.class);
    }

    public List<Status.VolumeSnapshot> snapshots(VolumeName volume) throws IOException, InterruptedException {
        return client.get(path(volume) + "/snapshots", Answers.Snapshots.class).snapshots();
    }

    public Status.VolumeSnapshot takeSnapshot(VolumeName volume, String name) throws IOException, InterruptedException {
        return client.post(path(volume) + "/snapshots", new Requests.Name(name), Status.VolumeSnapshot.class);
    }

    public Answers.Change deleteSnapshot(VolumeName volume, String snapshot) throws IOException, InterruptedException {
        return client.delete(path(volume) + "/snapshots/" + encode(snapshot), Answers.Change.class);
    }

    public List<Status.Operation> operations() throws IOException, InterruptedException {
        return client.get("/v2/operations", Answers.Operations.class).operations();
    }

    /// Waits for its end, up to so long.
    public Status.Operation operation(String id, int waitSeconds) throws IOException, InterruptedException {
        return client.get("/v2/operations/" + encode(id) + "?wait=" + waitSeconds, Status.Operation.class);
    }

    public Status.Operation cancel(String id) throws IOException, InterruptedException {
        return change(id, "cancel");
    }

    /// Has an operation wait until it is resumed.
    public Status.Operation pause(String id) throws IOException, InterruptedException {
        return change(id, "pause");
    }

    public Status.Operation resume(String id) throws IOException, InterruptedException {
        return change(id, "resume");
    }

    private Status.Operation change(String id, String verb) throws IOException, InterruptedException {
        return client.post("/v2/operations/" + encode(id) + "/" + verb, new Requests.Name(""), Status.Operation.class);
    }

    /// Events after `since`, oldest first; waits for one, up to so long.
    public List<Event> events(long since, String environment, int waitSeconds)
            throws IOException, InterruptedException {
        String only = environment.isEmpty() ? "" : "&environment=" + encode(environment);
        return client.get("/v2/events?since=" + since + "&wait=" + waitSeconds + only, Answers.Events.class)
                .events();
    }

    /// How busy everything is.
    ///
    /// @param environment empty for all
    public Load load(String environment) throws IOException, InterruptedException {
        String only = environment.isEmpty() ? "" : "?environment=" + encode(environment);
        return client.get("/v2/load" + only, Load.class);
    }

    public List<Status.Node> nodes() throws IOException, InterruptedException {
        return client.get("/v2/nodes", Answers.Nodes.class).nodes();
    }

    public Status.Node node(String name) throws IOException, InterruptedException {
        return client.get("/v2/nodes/" + encode(name), Status.Node.class);
    }

    public Status.Node change(String node, Requests.ChangeNode request) throws IOException, InterruptedException {
        return client.patch("/v2/nodes/" + encode(node), request, Status.Node.class);
    }

    public Answers.Change removeNode(String name) throws IOException, InterruptedException {
        return client.delete("/v2/nodes/" + encode(name), Answers.Change.class);
    }

    public List<Status.Token> tokens() throws IOException, InterruptedException {
        return client.get("/v2/tokens", Answers.Tokens.class).tokens();
    }

    public Answers.NewToken createToken(Requests.CreateToken request) throws IOException, InterruptedException {
        return client.post("/v2/tokens", request, Answers.NewToken.class);
    }

    public Answers.Change deleteToken(String id) throws IOException, InterruptedException {
        return client.delete("/v2/tokens/" + encode(id), Answers.Change.class);
    }

    public List<Status.Certificate> certificates() throws IOException, InterruptedException {
        return client.get("/v2/certificates", Answers.Certificates.class).certificates();
    }

    public Answers.Change add(Requests.AddCertificate request, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post("/v2/certificates?dryRun=" + dryRun, request, Answers.Change.class);
    }

    public Answers.Change deleteCertificate(String name, boolean dryRun) throws IOException, InterruptedException {
        return client.delete("/v2/certificates/" + encode(name) + "?dryRun=" + dryRun, Answers.Change.class);
    }

    /// The certificate of the cluster's authority, in PEM form.
    public String authority() throws IOException, InterruptedException {
        return client.get("/v2/authority", Answers.PublicAuthority.class).certificatePem();
    }

    @Override
    public void close() {
        client.close();
    }
}
