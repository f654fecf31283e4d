package oauth

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// walkLimit leaves the system's own lookup its part of aliasLimit, where name
// servers do not answer programs.
const walkLimit = 1500 * time.Millisecond

// hops tells the aliases of a name one by one. A resolver follows a chain of them
// to its end and gives that alone, and behind a domain of Egnyte's there may be
// more: so Go's resolver asks, with the servers and the patience of the system's
// configuration, and the answers that it got are read once more for the chain.
// Where it got none, as on a machine without name servers of the plain kind, the
// system's lookup decides. It is for one search; the zero hops is ready.
type hops struct {
	dial   func(ctx context.Context, network, address string) (net.Conn, error) // nil: as net does
	system Aliases                                                              // nil: net.DefaultResolver

	mu    sync.Mutex
	next  map[string]string // by name, both without a dot at the end
	heard map[string]bool   // names that a server has answered for
}

// LookupCNAME gives the next name in the chain; host itself where there is none.
func (h *hops) LookupCNAME(ctx context.Context, host string) (string, error) {
	if next, known := h.known(host); known {
		return next, nil
	}
	walk, cancel := context.WithTimeout(ctx, walkLimit)
	defer cancel()
	resolver := &net.Resolver{PreferGo: true, Dial: h.listenIn}
	_, _ = resolver.LookupCNAME(walk, host+".") // a chain whose end is nothing is one too
	if next, known := h.known(host); known {
		return next, nil
	}
	if h.system == nil {
		return net.DefaultResolver.LookupCNAME(ctx, host)
	}
	return h.system.LookupCNAME(ctx, host)
}

func (h *hops) known(host string) (next string, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if next, known = h.next[host]; known {
		return next, true
	}
	return host, h.heard[host]
}

// listenIn is the Dial of a resolver.
func (h *hops) listenIn(ctx context.Context, network, address string) (net.Conn, error) {
	dial := h.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, network, address)
	if packets, ok := conn.(*net.UDPConn); ok && err == nil {
		return &heardPackets{UDPConn: packets, tell: h.take}, nil // a resolver looks for a net.PacketConn
	}
	if err != nil {
		return nil, err
	}
	return &heardStream{Conn: conn, tell: h.take}, nil
}

// take notes the aliases in a reply, if it is one to that question: whoever sends
// what nobody asked for is not heard.
func (h *hops) take(question, reply []byte) {
	var asked, said dnsmessage.Message
	if asked.Unpack(question) != nil || said.Unpack(reply) != nil || !said.Response || said.ID != asked.ID ||
		len(asked.Questions) != 1 || len(said.Questions) != 1 || !sameQuestion(asked.Questions[0], said.Questions[0]) {
		return
	}
	if said.RCode != dnsmessage.RCodeSuccess && said.RCode != dnsmessage.RCodeNameError || said.Truncated {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next == nil {
		h.next, h.heard = map[string]string{}, map[string]bool{}
	}
	h.heard[plainName(said.Questions[0].Name)] = true
	for _, answer := range said.Answers {
		if alias, ok := answer.Body.(*dnsmessage.CNAMEResource); ok && len(h.next) < 2*maxAliases {
			h.next[plainName(answer.Header.Name)] = plainName(alias.CNAME)
		}
	}
}

func sameQuestion(a, b dnsmessage.Question) bool {
	return a.Type == b.Type && a.Class == b.Class && plainName(a.Name) == plainName(b.Name)
}

func plainName(name dnsmessage.Name) string {
	return strings.ToLower(strings.TrimSuffix(name.String(), "."))
}

// heardPackets tells of each reply to the packet that was sent last.
type heardPackets struct {
	*net.UDPConn
	asked []byte
	tell  func(question, reply []byte)
}

func (c *heardPackets) Write(packet []byte) (int, error) {
	c.asked = bytes.Clone(packet)
	return c.UDPConn.Write(packet)
}

func (c *heardPackets) Read(into []byte) (int, error) {
	n, err := c.UDPConn.Read(into)
	if err == nil {
		c.tell(c.asked, into[:n])
	}
	return n, err
}

// heardStream does the same where each message has its length before it (RFC 1035, 4.2.2).
type heardStream struct {
	net.Conn
	asked, reply []byte
	tell         func(question, reply []byte)
}

func (c *heardStream) Write(message []byte) (int, error) {
	c.asked, c.reply = bytes.Clone(message), nil
	return c.Conn.Write(message)
}

func (c *heardStream) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	c.reply = append(c.reply, into[:n]...)
	if len(c.reply) > 2 && len(c.asked) > 2 && len(c.reply) == 2+int(binary.BigEndian.Uint16(c.reply)) {
		c.tell(c.asked[2:], c.reply[2:])
	}
	return n, err
}
