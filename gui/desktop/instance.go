package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// The roles, one process each, and the message that ends any of them.
const (
	TrayRole     = "tray"
	WindowRole   = "window"
	PracticeRole = "practice"
	Stop         = "stop"
)

// ErrRunning: the role runs already and has been raised.
var ErrRunning = errors.New("it is running already")

const (
	maxMessage = 4096             // bytes of one message
	patience   = 10 * time.Second // for the other start to hear us
	exchange   = 5 * time.Second  // for one message and its answer
	heard      = "ok"             // the answer to a message that was taken
)

// Instance is the hold on a role: while it lasts, a second start of the same
// role raises this one.
type Instance struct {
	lock     *flock.Flock
	listener net.Listener
	raised   chan string
	closing  chan struct{}
	serving  sync.WaitGroup
	once     sync.Once
	err      error
}

// Claim takes a role or, where another
// process has it, sends it message and returns ErrRunning. The lock is taken
// before the socket is dialled or bound; a stale socket is recovered.
//
// A message is one line of at most 4,096 bytes. An owner that does not take it
// within 10 s is an error. An owner that goes away meanwhile leaves the role to
// this start, so that no message is lost. A system without unix sockets
// (Windows before 10 1803, wine 8) still keeps a role to one process; a later
// start there gets an error at once.
func Claim(ctx context.Context, role, message string) (*Instance, error) {
	if len(message) > maxMessage || strings.ContainsAny(message, "\r\n") {
		return nil, fmt.Errorf("the message to %s is not one line of at most %d bytes", role, maxMessage)
	}
	place, err := placeOf(role)
	if err != nil {
		return nil, fmt.Errorf("claiming the role %s: %w", role, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lock := flock.New(place.lock, flock.SetPermissions(0o600))
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		taken, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("claiming the role %s: %w", role, err)
		}
		if taken {
			return own(ctx, lock, place.socket)
		}
		// Between lock and listen, and between unlisten and unlock, nobody
		// answers: ask again.
		failure := raise(ctx, place.socket, message)
		if failure == nil {
			return nil, ErrRunning
		}
		if errors.Is(failure, noUnixSockets) {
			return nil, fmt.Errorf("the role %s runs already and can't be told: %w", role, failure)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the role %s runs already and does not answer: %w", role, failure)
		case <-again.C:
		}
	}
}

// Tell sends message to the process that has a role, if there is one.
func Tell(ctx context.Context, role, message string) error {
	instance, err := Claim(ctx, role, message)
	if errors.Is(err, ErrRunning) {
		return nil
	}
	if err != nil {
		return err
	}
	return instance.Close()
}

// own starts to listen as the holder of lock, which makes any socket that is
// still there a stale one.
func own(ctx context.Context, lock *flock.Flock, socket string) (*Instance, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("removing a stale socket: %w", err), lock.Close())
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "unix", socket)
	if errors.Is(err, noUnixSockets) { // the lock still keeps the role to one process
		return &Instance{lock: lock, raised: make(chan string), closing: make(chan struct{})}, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listening for later starts: %w", err), lock.Close())
	}
	i := &Instance{lock: lock, listener: listener, raised: make(chan string), closing: make(chan struct{})}
	i.serving.Go(i.serve)
	return i, nil
}

// Raised delivers the messages of later starts, until Close. A later start
// waits until its message is taken from here.
func (i *Instance) Raised() <-chan string { return i.raised }

// Close lets go of the role. It may be called again.
func (i *Instance) Close() error {
	i.once.Do(func() {
		close(i.closing)
		var err error
		if i.listener != nil {
			err = i.listener.Close() // also removes the socket: nobody dials in vain
		}
		i.serving.Wait()
		close(i.raised)
		i.err = errors.Join(err, i.lock.Close())
	})
	return i.err
}

func (i *Instance) serve() {
	for {
		conn, err := i.listener.Accept()
		select {
		case <-i.closing:
			if err == nil {
				conn.Close()
			}
			return
		default:
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, say: it passes
			select {
			case <-i.closing:
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		i.serving.Go(func() { i.answer(conn) })
	}
}

// answer takes one message. 'ok' is said only when the owner has it.
func (i *Instance) answer(conn net.Conn) {
	defer conn.Close()
	if checkPeer(conn) != nil || conn.SetDeadline(time.Now().Add(exchange)) != nil {
		return
	}
	message, err := i.readMessage(conn)
	if err != nil {
		return
	}
	limit := time.NewTimer(exchange)
	defer limit.Stop()
	select {
	case i.raised <- message:
		_, _ = io.WriteString(conn, heard+"\n") // too late for either side to mind
	case <-i.closing:
	case <-limit.C:
	}
}

// readMessage reads while the role is held: a peer that says nothing must not hold
// up Close. Once it returns, Close waits for the answer and cuts nothing.
func (i *Instance) readMessage(conn net.Conn) (string, error) {
	read, cutter := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(cutter)
		select {
		case <-i.closing:
			conn.Close()
		case <-read:
		}
	}()
	message, err := readLine(conn)
	close(read)
	<-cutter
	select {
	case <-i.closing:
		return "", net.ErrClosed
	default:
		return message, err
	}
}

// raise hands message to the owner of socket.
func raise(ctx context.Context, socket, message string) error {
	ctx, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := checkPeer(conn); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, message+"\n"); err != nil {
		return err
	}
	answer, err := readLine(conn)
	if err != nil {
		return err
	}
	if answer != heard {
		return fmt.Errorf("it answered %.20q", answer)
	}
	return nil
}

func readLine(conn net.Conn) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(conn, maxMessage+1)).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("reading a line of at most %d bytes: %w", maxMessage, err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}
