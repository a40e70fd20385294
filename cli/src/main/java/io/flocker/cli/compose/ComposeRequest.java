package io.flocker.cli.compose;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What to read, and everything that the result depends on besides the files: nothing is taken from the process.
///
/// @param folder where the user is; relative files are relative to it, and without files it or one above has them
/// @param files `-f`, in order; none for `COMPOSE_FILE` or the usual names
/// @param envFiles `--env-file`, in order; none for the project's own `.env`
/// @param environment the user's environment variables
/// @param project the name asked for; absent for `COMPOSE_PROJECT_NAME`, the files' `name` or the folder's name
/// @param profiles the active profiles, besides those of `COMPOSE_PROFILES`; `*` for all
/// @param services asked for by name, which activates their profiles
public record ComposeRequest(
        Path folder,
        List<Path> files,
        List<Path> envFiles,
        Map<String, String> environment,
        Optional<String> project,
        Set<String> profiles,
        Set<String> services) {

    /// The usual files of a folder.
    public static ComposeRequest in(Path folder, Map<String, String> environment) {
        return new ComposeRequest(folder, List.of(), List.of(), environment, Optional.empty(), Set.of(), Set.of());
    }

    public ComposeRequest withFiles(List<Path> newFiles) {
        return new ComposeRequest(folder, newFiles, envFiles, environment, project, profiles, services);
    }

    public ComposeRequest withEnvFiles(List<Path> newFiles) {
        return new ComposeRequest(folder, files, newFiles, environment, project, profiles, services);
    }

    public ComposeRequest withProject(String name) {
        return new ComposeRequest(folder, files, envFiles, environment, Optional.of(name), profiles, services);
    }

    public ComposeRequest withProfiles(Set<String> active) {
        return new ComposeRequest(folder, files, envFiles, environment, project, active, services);
    }

    public ComposeRequest withServices(Set<String> names) {
        return new ComposeRequest(folder, files, envFiles, environment, project, profiles, names);
    }
}
