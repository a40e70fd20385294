package io.flocker.cli.shell;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the cluster is and who asks: options, else environment variables, else what
/// `flocker login` keeps, else `client.properties`, else this machine. Root on a node reaches its
/// daemon by the Unix socket, unless the user says something else.
public final class Connection {
    private static final String DEFAULT_PORT = "4523";
    private static final String DEFAULT_API = "https://127.0.0.1:" + DEFAULT_PORT;
    private static final String DEFAULT_USER = "admin";
    private static final Set<String> KEYS = Set.of("api", "user");

    private final Shell shell;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "The folder that Flocker's own folders are in (FLOCKER_ROOT; default: /).")
    private @Nullable Path root;

    @Option(
            names = "--api",
            paramLabel = "URL",
            description =
                    "Where the API is, or several nodes' APIs with commas between (FLOCKER_API; default: root on a"
                            + " node uses the daemon's socket,"
                            + " others what client.properties says, else " + DEFAULT_API + ").")
    private @Nullable String api;

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description = "The folder with the user's key and certificate (FLOCKER_CREDENTIALS; default: the token in"
                    + " FLOCKER_TOKEN, or that of flocker login, or /etc/flocker/users).")
    private @Nullable Path credentials;

    @Option(names = "--debug", description = "Tell more about a failure.")
    private boolean debug;

    public Connection(Shell shell) {
        this.shell = shell;
    }

    public Shell shell() {
        return shell;
    }

    /// Whether the user wants to know more about failures.
    public boolean debug() {
        return debug;
    }

    /// Ready for calls; none has been made yet.
    ///
    /// @throws CommandException if it is not known how to reach the cluster
    public Cluster open() throws CommandException, IOException {
        Path etc = base().resolve("etc/flocker");
        Properties file = properties(etc.resolve("client.properties"));
        String url = chosen(api, "FLOCKER_API");
        String folder = chosen(credentials, "FLOCKER_CREDENTIALS");
        Optional<LoginFile.Kept> token = folder.isEmpty() ? token(url) : Optional.empty();
        if (token.isPresent()) {
            return new Cluster(withToken(token.get()));
        }
        String user = file.getProperty("user", DEFAULT_USER);
        Path socket = base().resolve("run/flocker/api.sock");
        if (url.isEmpty()
                && folder.isEmpty()
                && user.equals(DEFAULT_USER)
                && Files.isWritable(socket)
                && isThisNode(file.getProperty("api", DEFAULT_API), etc)) {
            return new Cluster(FlockerClient.local(socket));
        }
        List<URI> addresses = addresses(url.isEmpty() ? file.getProperty("api", DEFAULT_API) : url);
        return new Cluster(
                new FlockerClient(addresses, read(folder.isEmpty() ? etc.resolve("users") : Path.of(folder), user)));
    }

    /// The token to use; empty for none. A root that was chosen is asked as root, whoever is logged in.
    private Optional<LoginFile.Kept> token(String url) throws IOException {
        String said = shell.variable("FLOCKER_TOKEN");
        if (!said.isEmpty()) {
            return Optional.of(new LoginFile.Kept(said, url));
        }
        return chosen(root, "FLOCKER_ROOT").isEmpty()
                ? LoginFile.of(shell)
                        .read()
                        .map(kept -> new LoginFile.Kept(kept.token(), url.isEmpty() ? kept.api() : url))
                : Optional.empty();
    }

    private static FlockerClient withToken(LoginFile.Kept kept) throws CommandException, IOException {
        Login login;
        try {
            login = Login.parse(kept.token());
        } catch (IOException e) {
            throw CommandException.usage(e.getMessage() + "; it is in FLOCKER_TOKEN, or flocker login keeps it");
        }
        return FlockerClient.of(login, kept.api().isEmpty() ? login.apis() : addresses(kept.api()));
    }

    private Path base() {
        String chosen = chosen(root, "FLOCKER_ROOT");
        return shell.folder().resolve(chosen.isEmpty() ? "/" : chosen);
    }

    /// What the user said; empty if nothing.
    private String chosen(@Nullable Object option, String variable) {
        return option == null ? shell.variable(variable) : option.toString();
    }

    /// Whether one of the daemons that listen at `urls` is the one of this machine's node.
    private static boolean isThisNode(String urls, Path etc) throws IOException {
        List<String> all = List.of(urls.split(" *, *"));
        if (all.contains(DEFAULT_API)) {
            return true;
        }
        Path settings = etc.resolve("node.properties");
        if (!Files.isReadable(settings)) {
            return false;
        }
        Properties node = load(settings);
        return all.contains(
                "https://" + node.getProperty("address") + ":" + node.getProperty("api-port", DEFAULT_PORT));
    }

    private static Properties properties(Path file) throws CommandException, IOException {
        if (!Files.isReadable(file)) {
            return new Properties();
        }
        Properties properties = load(file);
        for (Object key : properties.keySet()) {
            if (!KEYS.contains(key)) {
                throw CommandException.usage(file + ": unknown key \"" + key + "\"; there are api and user");
            }
        }
        return properties;
    }

    private static Properties load(Path file) throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    /// Reads where an API is.
    ///
    /// @param urls with commas between
    public static List<URI> addresses(String urls) throws CommandException {
        List<URI> addresses = new ArrayList<>();
        for (String url : urls.split(" *, *", -1)) {
            addresses.add(address(url.strip()));
        }
        return addresses;
    }

    private static URI address(String url) throws CommandException {
        try {
            URI uri = URI.create(url);
            if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("The API's address is like https://HOST:4523, not \"" + url + "\"");
        }
        throw CommandException.usage("The API's address is like https://HOST:4523, not \"" + url + "\"");
    }

    private Credentials read(Path folder, String user) throws CommandException, IOException {
        Path resolved = shell.folder().resolve(folder);
        try {
            return Credentials.read(resolved, user);
        } catch (NoSuchFileException e) {
            boolean joined = Files.exists(base().resolve("etc/flocker/node.properties"));
            String remedy = joined
                    ? ", and this node's daemon does not run; start it (flocker daemon), or name another node with --api"
                            + " and a folder with --credentials"
                    : "; flocker init makes it, or name the folder with --credentials";
            throw CommandException.unreachable("Cannot reach Flocker: there is no " + e.getFile() + remedy);
        } catch (java.nio.file.AccessDeniedException e) {
            throw CommandException.unreachable("Cannot reach Flocker: " + e.getFile()
                    + " is not yours to read; be root, or name a folder of your own with --credentials");
        }
    }
}
