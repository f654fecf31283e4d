package main

import "runtime/debug"

// version is set by releases: -ldflags '-X main.version=1.2.3'.
var version string

// versionOrBuild is the release, else what the Go toolchain knows of the build.
func versionOrBuild() string {
	if version != "" {
		return version
	}
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "(devel)"
}
