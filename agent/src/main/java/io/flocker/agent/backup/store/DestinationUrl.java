package io.flocker.agent.backup.store;

import io.flocker.client.api.Backups;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// What a destination's address says.
public sealed interface DestinationUrl {
    /// A folder of the node.
    record Folder(Path path) implements DestinationUrl {}

    /// A bucket.
    ///
    /// @param prefix what objects' names begin with; empty, or with a slash at its end
    /// @param endpoint empty for Amazon's
    /// @param region empty if it is not said
    record Bucket(String bucket, String prefix, String endpoint, String region) implements DestinationUrl {}

    /// Reads `file:///FOLDER` and `s3://BUCKET/PREFIX?endpoint=URL&region=REGION`; spaces and the
    /// like may be written as `%20`, or as they are.
    ///
    /// @throws IOException if it is neither
    static DestinationUrl of(Backups.Destination destination) throws IOException {
        String text = destination.url();
        if (text.startsWith("file://")) {
            return folder(text);
        }
        if (text.startsWith("s3://")) {
            return bucket(destination);
        }
        throw wrong(text, "it begins with neither file:// nor s3://");
    }

    private static Folder folder(String text) throws IOException {
        String path = decoded(text.substring("file://".length()), text);
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw wrong(text, "a folder is written with three slashes: file:///mnt/backups");
        }
        Path folder = Path.of(path).normalize();
        if (folder.getNameCount() == 0) {
            throw wrong(text, "it is the root of the node's file system");
        }
        return new Folder(folder);
    }

    private static Bucket bucket(Backups.Destination destination) throws IOException {
        String text = destination.url();
        String rest = text.substring("s3://".length());
        int question = rest.indexOf('?');
        Map<String, String> query = query(question < 0 ? "" : rest.substring(question + 1), text);
        String path = question < 0 ? rest : rest.substring(0, question);
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        if (!bucket.matches("[A-Za-z0-9][A-Za-z0-9._-]{1,62}")) {
            throw wrong(text, "\"" + bucket + "\" cannot be a bucket");
        }
        String prefix =
                slash < 0 ? "" : decoded(path.substring(slash + 1), text).replaceAll("^/+|/+$", "");
        String endpoint =
                destination.endpoint().isEmpty() ? query.getOrDefault("endpoint", "") : destination.endpoint();
        return new Bucket(
                bucket,
                prefix.isEmpty() ? "" : prefix + "/",
                endpoint.isEmpty() ? "" : checked(endpoint),
                destination.region().isEmpty() ? query.getOrDefault("region", "") : destination.region());
    }

    private static Map<String, String> query(String text, String whole) throws IOException {
        var query = new TreeMap<String, String>();
        for (String part : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !(key.equals("endpoint") || key.equals("region"))) {
                // Not the value: it may be a secret that somebody put there.
                throw wrong(
                        whole.substring(0, whole.indexOf('?')),
                        "after the question mark go endpoint= and region=, not " + key);
            }
            query.put(key, decoded(part.substring(equals + 1), whole));
        }
        return query;
    }

    private static String checked(String endpoint) throws IOException {
        try {
            URI uri = new URI(endpoint);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null) {
                return endpoint;
            }
        } catch (URISyntaxException e) {
            throw new IOException("An endpoint is like https://s3.example.com:9000: " + e.getReason(), e);
        }
        throw new IOException("An endpoint is like https://s3.example.com:9000, without credentials in it");
    }

    private static String decoded(String text, String whole) throws IOException {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    wrong(whole, "a % is followed by two hexadecimal digits").getMessage(), e);
        }
    }

    private static IOException wrong(String url, String why) {
        return new IOException(
                "\"" + url + "\" is not where backups can be: " + why + "; write file:///FOLDER or s3://BUCKET/PREFIX");
    }
}
