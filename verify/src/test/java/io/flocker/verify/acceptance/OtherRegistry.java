package io.flocker.verify.acceptance;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A registry with the images of a lab's own one, but behind TLS with a certificate that no
/// engine trusts until told, and a password if it is to have one.
final class OtherRegistry implements AutoCloseable {
    static final String USER = "test";
    static final String PASSWORD = "secret";

    /// Of [#PASSWORD], by bcrypt, which is all that the registry takes.
    private static final String HASH = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private static final Path TRUSTED = Path.of("/etc/docker/certs.d");

    private final Path folder;
    private final String host;
    private final String address;
    private final Process process;
    private final List<String> trusting = new ArrayList<>();

    OtherRegistry(Servers servers, int port, boolean password) throws IOException {
        host = servers.lab.registryAddress().replaceFirst(":.*", "");
        address = host + ":" + port;
        folder = Files.createDirectories(servers.work.resolve("registry-" + port));
        String openssl = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
                + " -subj /CN=registry -addext subjectAltName=IP:" + host + " -keyout " + folder + "/key.pem -out "
                + certificate();
        Program.of(openssl.split(" ", -1)).run();
        Files.writeString(folder.resolve("passwords"), USER + ":" + HASH + "\n");
        Path settings = folder.resolve("registry.yml");
        Files.writeString(settings, """
                version: 0.1
                log: {level: warn}
                storage: {filesystem: {rootdirectory: IMAGES}}
                http: {addr: "ADDRESS", tls: {certificate: FOLDER/cert.pem, key: FOLDER/key.pem}}
                AUTH
                """.replace(
                        "IMAGES", servers.work.resolve("lab/registry/images").toString())
                .replace("ADDRESS", address)
                .replace("AUTH", password ? "auth: {htpasswd: {realm: lab, path: FOLDER/passwords}}" : "")
                .replace("FOLDER", folder.toString()));
        process = new ProcessBuilder("docker-registry", "serve", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("registry.out").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
    }

    private Path certificate() {
        return folder.resolve("cert.pem");
    }

    /// As images are named after it.
    String address() {
        return address;
    }

    String host() {
        return host;
    }

    /// The name here of an image in the lab's own registry.
    String name(String image) {
        return address + image.substring(image.indexOf('/'));
    }

    /// What its error messages advise, for all engines of this machine.
    void trust(String at) throws IOException {
        Path trusted = Files.createDirectories(TRUSTED.resolve(at));
        trusting.add(at);
        Files.copy(certificate(), trusted.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void distrust(String at) throws IOException {
        Files.deleteIfExists(TRUSTED.resolve(at).resolve("ca.crt"));
        Files.deleteIfExists(TRUSTED.resolve(at));
    }

    void login(LabNode node) throws IOException {
        node.docker("login", "-u", USER, "-p", PASSWORD, address);
    }

    /// Until it answers.
    void await() throws IOException, InterruptedException {
        for (int tries = 0; tries < 100; tries++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, Integer.parseInt(address.replaceFirst(".*:", ""))));
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new IOException("The registry does not answer: " + Files.readString(folder.resolve("registry.out")));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        for (String at : trusting) {
            distrust(at);
        }
        Program.of("docker", "logout", address).within(Duration.ofSeconds(10)).end();
    }
}
