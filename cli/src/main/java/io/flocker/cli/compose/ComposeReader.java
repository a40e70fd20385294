package io.flocker.cli.compose;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.load.DefaultFiles;
import io.flocker.cli.compose.load.Loader;
import io.flocker.cli.compose.load.Profiles;
import io.flocker.cli.compose.load.ProjectName;
import io.flocker.cli.compose.spec.ApplicationReader;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Source;
import io.flocker.cli.compose.text.Yaml;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Reads Compose files as the Compose specification says. Finds every mistake it can in one go, each with its place
/// and what to do about it, and ignores nothing silently: what has another effect in Flocker, or none, is noted.
public final class ComposeReader {
    private final ComposeRequest request;
    private final Complaints complaints = new Complaints();

    private ComposeReader(ComposeRequest request) {
        this.request = request;
    }

    /// The files' application.
    ///
    /// @throws ComposeException if the files are missing or wrong in any way
    public static ComposeFile read(ComposeRequest request) throws ComposeException {
        return new ComposeReader(request).read();
    }

    /// The name of the folder's project; empty if it has no Compose file. The rest of the files is not looked at.
    ///
    /// @throws ComposeException if the files do not let it be told
    public static Optional<String> projectName(ComposeRequest request) throws ComposeException {
        boolean none = request.files().isEmpty()
                && request.environment().getOrDefault("COMPOSE_FILE", "").isBlank()
                && DefaultFiles.of(request.folder()).isEmpty();
        return none ? Optional.empty() : Optional.of(new ComposeReader(request).projectName());
    }

    private String projectName() throws ComposeException {
        Start start = start();
        refuse();
        return start.name();
    }

    private ComposeFile read() throws ComposeException {
        Start start = start();
        Variables variables = start.variables().with("COMPOSE_PROJECT_NAME", start.name());
        Yaml.Entries whole = start.loader().project(start.files(), start.project(), variables);
        refuse();
        Profiles.Active active = Profiles.of(whole, profiles(variables), request.services(), complaints);
        ApplicationReader.Read read = ApplicationReader.read(active, variables, complaints);
        refuse();
        return new ComposeFile(start.name(), read.application(), read.builds(), complaints.notes());
    }

    /// What is known before the files are read as a whole.
    private record Start(List<Path> files, Path project, Variables variables, Loader loader, String name) {}

    private Start start() throws ComposeException {
        Path folder = request.folder().toAbsolutePath().normalize();
        Variables environment = Variables.of(request.environment());
        var loader = new Loader(folder, complaints);
        List<Path> envFiles = request.envFiles().stream().map(folder::resolve).toList();
        Variables beside = loader.dotEnv(environment, folder, envFiles, Optional.empty());
        List<Path> files = files(folder, beside);
        refuse();
        Path project = Optional.ofNullable(files.getFirst().getParent()).orElse(folder);
        loader = new Loader(project, complaints);
        Variables variables = project.equals(folder) || !envFiles.isEmpty()
                ? beside
                : loader.dotEnv(environment, project, envFiles, Optional.empty());
        return new Start(files, project, variables, loader, name(files, project, variables, loader));
    }

    private void refuse() throws ComposeException {
        if (complaints.any()) {
            throw new ComposeException(complaints.complaints());
        }
    }

    private List<Path> files(Path folder, Variables variables) {
        List<Path> files = request.files();
        Optional<String> listed = variables.get("COMPOSE_FILE").filter(Predicate.not(String::isBlank));
        if (files.isEmpty() && listed.isPresent()) {
            String separator = variables.get("COMPOSE_PATH_SEPARATOR").orElse(File.pathSeparator);
            try {
                files = split(listed.get(), separator).stream().map(Path::of).toList();
            } catch (InvalidPathException e) {
                complaints.add(
                        new Source("COMPOSE_FILE", folder, folder).start(),
                        "is not a list of files: " + e.getMessage());
            }
        }
        if (files.isEmpty()) {
            files = DefaultFiles.of(folder);
        }
        if (files.isEmpty()) {
            Place place = new Source(folder.toString(), folder, folder).start();
            complaints.add(
                    place,
                    "has no Compose file, nor has a folder above it; name one with -f, or add one of "
                            + String.join(", ", DefaultFiles.NAMES));
        }
        return files.stream().map(file -> folder.resolve(file).normalize()).toList();
    }

    private Set<String> profiles(Variables variables) {
        var profiles = new HashSet<>(request.profiles());
        variables.get("COMPOSE_PROFILES").ifPresent(listed -> profiles.addAll(split(listed, ",")));
        return profiles;
    }

    private static List<String> split(String text, String separator) {
        return Arrays.stream(text.split(Pattern.quote(separator), -1))
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty))
                .toList();
    }

    private String name(List<Path> files, Path folder, Variables variables, Loader loader) {
        Optional<String> chosen = request.project()
                .or(() -> variables.get("COMPOSE_PROJECT_NAME").filter(Predicate.not(String::isEmpty)));
        Place place = new Source("project name", folder, folder).start();
        if (chosen.isEmpty()) {
            Optional<Yaml.Scalar> given = loader.name(files, folder, variables);
            chosen = given.map(Yaml.Scalar::text);
            place = given.map(Yaml.Scalar::place).orElse(place);
        }
        String name = chosen.or(() -> ProjectName.of(folder)).orElse("");
        Place at = place;
        if (name.isEmpty()) {
            complaints.add(
                    at,
                    "cannot be made of the folder " + folder + "; choose one with -e, or write name: in the"
                            + " Compose file");
        } else {
            ProjectName.complaint(name).ifPresent(why -> complaints.add(at, why));
        }
        return name;
    }
}
