// Demo shows the main job with a practice Egnyte. With a display, the app opens there,
// ready to try. Without one, the demo does the job itself on a virtual desktop.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// options are for testing packages; users don't need them.
type options struct {
	entry   string // the desktop entry that starts the app; "": the program as built
	wayland bool   // a Wayland desktop instead of X
	policy  string // a policy file to write: the practice Egnyte's key is an administrator's then
}

func main() {
	var o options
	flag.StringVar(&o.entry, "entry", "", "without a display: start the app by this desktop entry (`FILE`)")
	flag.StringVar(&o.policy, "policy", "", "without a display: set the key by this policy `FILE`, which is written and removed")
	flag.BoolVar(&o.wayland, "wayland", false, "without a display: use a Wayland desktop, sway")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	err := show(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
