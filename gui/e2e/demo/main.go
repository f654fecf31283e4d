//go:build linux

// Demo shows the whole main job with a practice Egnyte. With a display the app
// opens there, ready to try; without one a virtual desktop comes up, and the
// job is done on it as a person would.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	show := onVirtualDesktop
	if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		show = onThisDesktop
	}
	if err := show(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1)
	}
}
