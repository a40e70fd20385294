package io.flocker.agent.backup.store.s3;

import io.flocker.agent.backup.store.DestinationUrl;
import io.flocker.agent.backup.store.Store;
import io.flocker.client.api.Backups;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket of S3, Amazon's or another's. Each request has a time limit and is repeated a few
/// times if the server does not answer or asks for patience.
public final class BucketStore implements Store {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /// Nothing that comes for so long ends an attempt.
    private static final Duration SILENCE = Duration.ofSeconds(60);
    /// For one attempt: a chunk over a slow line.
    private static final Duration ATTEMPT = Duration.ofMinutes(5);
    private static final Duration ALL_ATTEMPTS = Duration.ofMinutes(15);
    /// What asks for no other; servers that are not Amazon's mostly take any.
    private static final String USUAL_REGION = "us-east-1";

    private final S3Client client;
    private final DestinationUrl.Bucket bucket;

    private BucketStore(S3Client client, DestinationUrl.Bucket bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    /// A bucket that can be looked into.
    ///
    /// @param login whose requests they are
    /// @throws IOException if there is no such bucket, or it is not for whoever logs in
    public static BucketStore open(DestinationUrl.Bucket bucket, Backups.Login login) throws IOException {
        return open(bucket, login, ALL_ATTEMPTS);
    }

    /// The same with less or more patience.
    ///
    /// @param patience for a request with all its attempts
    static BucketStore open(DestinationUrl.Bucket bucket, Backups.Login login, Duration patience) throws IOException {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(SILENCE))
                .credentialsProvider(credentials(login))
                .region(Region.of(bucket.region().isEmpty() ? USUAL_REGION : bucket.region()))
                // Others' servers know no checksums at a body's end; chunks have checksums of their own.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(!bucket.endpoint().isEmpty())
                        .chunkedEncodingEnabled(false)
                        .build())
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .apiCallAttemptTimeout(patience.compareTo(ATTEMPT) < 0 ? patience : ATTEMPT)
                        .apiCallTimeout(patience)
                        .retryStrategy(RetryMode.STANDARD)
                        .build());
        if (!bucket.endpoint().isEmpty()) {
            builder.endpointOverride(URI.create(bucket.endpoint()));
        }
        var store = new BucketStore(builder.build(), bucket);
        try {
            // Says that the bucket is missing, or the credentials are wrong, before anything is done.
            store.call(
                    "look into",
                    () -> store.client.listObjectsV2(request -> request.bucket(bucket.bucket())
                            .prefix(bucket.prefix())
                            .maxKeys(1)));
        } catch (IOException e) {
            store.close();
            throw e;
        }
        return store;
    }

    private static AwsCredentialsProvider credentials(Backups.Login login) {
        if (login.ofTheDaemon()) {
            return EnvironmentVariableCredentialsProvider.create();
        }
        return StaticCredentialsProvider.create(
                login.sessionToken().isEmpty()
                        ? AwsBasicCredentials.create(login.accessKey(), login.secretKey())
                        : AwsSessionCredentials.create(login.accessKey(), login.secretKey(), login.sessionToken()));
    }

    @Override
    public String name() {
        return "s3://" + bucket.bucket() + (bucket.prefix().isEmpty() ? "" : "/" + bucket.prefix())
                + (bucket.endpoint().isEmpty() ? "" : " at " + bucket.endpoint());
    }

    @Override
    public void put(String object, byte[] content) throws IOException {
        call(
                "write to",
                () -> client.putObject(
                        request -> request.bucket(bucket.bucket()).key(bucket.prefix() + object),
                        RequestBody.fromContentProvider(
                                () -> new ByteArrayInputStream(content), content.length, "application/octet-stream")));
    }

    @Override
    public byte[] get(String object, int mostBytes) throws IOException {
        return call("read from", () -> {
            try (ResponseInputStream<GetObjectResponse> in =
                    client.getObject(request -> request.bucket(bucket.bucket()).key(bucket.prefix() + object))) {
                byte[] content = in.readNBytes(mostBytes);
                if (in.read() >= 0) {
                    throw new IOException(object + " in " + name() + " has more than " + mostBytes + " bytes");
                }
                return content;
            } catch (NoSuchKeyException e) {
                Missing missing = new Missing(object + " is missing in " + name());
                missing.initCause(e);
                throw missing;
            }
        });
    }

    @Override
    public List<Entry> list(String prefix) throws IOException {
        return call("list", () -> {
            var entries = new ArrayList<Entry>();
            for (S3Object found : client.listObjectsV2Paginator(
                            request -> request.bucket(bucket.bucket()).prefix(bucket.prefix() + prefix))
                    .contents()) {
                entries.add(new Entry(found.key().substring(bucket.prefix().length()), found.size()));
            }
            return List.copyOf(entries);
        });
    }

    @Override
    public void delete(String object) throws IOException {
        call(
                "delete in",
                () -> client.deleteObject(
                        request -> request.bucket(bucket.bucket()).key(bucket.prefix() + object)));
    }

    /// What is asked of the server.
    @FunctionalInterface
    private interface Request<T> {
        T send() throws IOException;
    }

    private <T> T call(String verb, Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (SdkException e) {
            // Without the cause: the library's messages may have in them who asked, and with what.
            throw new IOException("Could not " + verb + " " + name() + ": " + reason(e));
        }
    }

    private static String reason(SdkException failure) {
        if (failure instanceof AwsServiceException refused) {
            String code = refused.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(refused.awsErrorDetails().errorCode());
            return switch (code) {
                case "NoSuchBucket" -> "there is no such bucket; make it first";
                case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken" ->
                    "the server does not accept the credentials (" + code + "); check the access key and the secret";
                case "AccessDenied" -> "the credentials do not allow it (AccessDenied)";
                default -> "the server answered " + refused.statusCode() + (code.isEmpty() ? "" : " " + code);
            };
        }
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String message = String.valueOf(deepest.getMessage());
        if (message.contains("credentials")) {
            return "there are no credentials: give a file with --s3-credentials, or set AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY for the node's daemon";
        }
        return failure.getCause() == null ? message : deepest.getClass().getSimpleName() + ": " + message;
    }

    @Override
    public void close() {
        client.close();
    }
}
