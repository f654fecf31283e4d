package localcert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"time"
)

// Folder is where a program whose own files are in dir keeps its certificate:
// what Setup, Source and Remove are given.
func Folder(dir string) string { return filepath.Join(dir, "localhost") }

// setupArgument is the role of the child, with the folder behind it.
const setupArgument = "--setup-certificate"

// setupLimit bounds the child. Windows and macOS ask the person meanwhile.
const setupLimit = 3 * time.Minute

// SetupInChild is Setup in a process that ends right after: the authority's key
// is made there, and this process never holds it. Executable is the program
// itself (os.Executable), whose main hands its arguments to ServeSetup first.
// Call it after the person has agreed.
func SetupInChild(ctx context.Context, executable, dir string) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, setupLimit)
	defer cancel()
	child := exec.CommandContext(ctx, executable, setupArgument, dir)
	child.WaitDelay = time.Second
	var output bytes.Buffer
	child.Stdout = &output
	hide(child)
	runErr := child.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("setting the certificate up: %w", context.Cause(ctx))
	}
	var told setupReply
	if err := json.Unmarshal(output.Bytes(), &told); err != nil {
		return nil, fmt.Errorf("setting the certificate up: the program that does it said nothing: %w", errors.Join(runErr, err))
	}
	return told.report(), told.err()
}

// ServeSetup is the child's part: where the arguments name its role it sets the
// certificate up, tells about it on w, and is done: the program then ends with
// code. Any other arguments are left to the program.
func ServeSetup(args []string, w io.Writer) (code int, done bool) {
	if len(args) != 2 || args[0] != setupArgument {
		return 0, false
	}
	_, report, err := Setup(context.Background(), args[1])
	if err := json.NewEncoder(w).Encode(replyOf(report, err)); err != nil {
		return 1, true
	}
	return 0, true
}

// setupReply is what the child tells: no key, and words in place of errors.
type setupReply struct {
	Error  string       `json:"error,omitempty"`
	Places []placeReply `json:"places"`
}

type placeReply struct {
	Name    string  `json:"name"`
	Path    string  `json:"path"`
	Outcome Outcome `json:"outcome"`
	Error   string  `json:"error,omitempty"`
	Tool    string  `json:"tool,omitempty"` // the one that is missing
	Package string  `json:"package,omitempty"`
}

func replyOf(report Report, err error) setupReply {
	told := setupReply{Places: []placeReply{}}
	if err != nil {
		told.Error = err.Error()
	}
	for _, place := range report {
		p := placeReply{Name: place.Name, Path: place.Path, Outcome: place.Outcome}
		var missing *ToolMissingError
		if errors.As(place.Err, &missing) {
			p.Tool, p.Package = missing.Tool, missing.Package
		} else if place.Err != nil {
			p.Error = place.Err.Error()
		}
		told.Places = append(told.Places, p)
	}
	return told
}

func (told setupReply) err() error {
	if told.Error == "" {
		return nil
	}
	return errors.New(told.Error)
}

func (told setupReply) report() (report Report) {
	for _, p := range told.Places {
		place := Place{Name: p.Name, Path: p.Path, Outcome: p.Outcome}
		switch {
		case p.Tool != "":
			place.Err = &ToolMissingError{p.Tool, p.Package}
		case p.Error != "":
			place.Err = errors.New(p.Error)
		}
		report = append(report, place)
	}
	return report
}
