package io.flocker.cli.command.backup;

import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What it takes to get at backups beside their address.
public final class DestinationOptions {
    private static final String KEY_VARIABLE = "FLOCKER_BACKUP_KEY_FILE";

    @Option(
            names = {"-k", "--key-file"},
            paramLabel = "FILE",
            description = "The key that backups are encrypted with (FLOCKER_BACKUP_KEY_FILE). flocker backup key"
                    + " makes one.")
    private @Nullable Path keyFile;

    @Option(
            names = "--s3-credentials",
            paramLabel = "FILE",
            description = "Credentials for S3, as in ~/.aws/credentials (default: AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY, here or else of the node's daemon).")
    private @Nullable Path credentials;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description = "An S3 server that is not Amazon's, such as https://s3.example.com:9000.")
    private String endpoint = "";

    @Option(names = "--region", paramLabel = "REGION", description = "The bucket's region.")
    private String region = "";

    /// Reads the files. Nothing is ever backed up without a key.
    Backups.Destination destination(String url, Shell shell) throws CommandException {
        Path key = keyFile;
        if (key == null && !shell.variable(KEY_VARIABLE).isEmpty()) {
            key = Path.of(shell.variable(KEY_VARIABLE));
        }
        if (key == null) {
            throw CommandException.usage("Backups are always encrypted: say with which key (--key-file FILE, or "
                    + KEY_VARIABLE + "); flocker backup key FILE makes one");
        }
        boolean bucket = url.startsWith("s3://");
        if (!bucket && (credentials != null || !endpoint.isEmpty() || !region.isEmpty())) {
            throw CommandException.usage(
                    "--s3-credentials, --endpoint and --region are for S3, and " + url + " does not begin with s3://");
        }
        Backups.Login login = credentials != null
                ? LoginReader.file(shell.folder().resolve(credentials))
                : bucket ? LoginReader.variables(shell) : Backups.Login.OF_THE_DAEMON;
        return new Backups.Destination(
                url, endpoint, region, KeyFile.read(shell.folder().resolve(key)), login);
    }
}
