package oauth

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a DNS server on loopback that knows some aliases, and gives the
// whole chain of them at once as a recursive one does.
type nameServer struct {
	*testing.T
	aliases map[string]string
	address bool // the end of a chain has one
	short   bool // it gives one alias at a time
	cut     bool // answers do not fit a packet: ask again by TCP
	forged  string
	packets net.PacketConn
	streams net.Listener
	asked   atomic.Int32
}

func serveNames(t *testing.T, s *nameServer) *hops {
	t.Helper()
	s.T = t
	var err error
	if s.packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if s.streams, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = s.packets.Close(), s.streams.Close() })
	go s.servePackets()
	go s.serveStreams()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		at := s.packets.LocalAddr().String()
		if network == "tcp" {
			at = s.streams.Addr().String()
		}
		return new(net.Dialer).DialContext(ctx, network, at)
	}
	return &hops{dial: dial, system: endOnly{}}
}

// endOnly is a system that knows nothing.
type endOnly struct{}

func (endOnly) LookupCNAME(context.Context, string) (string, error) {
	return "", errors.New("the system's lookup was used")
}

func (s *nameServer) servePackets() {
	buffer := make([]byte, 1500)
	for {
		n, from, err := s.packets.ReadFrom(buffer)
		if err != nil {
			return
		}
		for _, reply := range s.replies(buffer[:n], s.cut) {
			_, _ = s.packets.WriteTo(reply, from)
		}
	}
}

func (s *nameServer) serveStreams() {
	for {
		conn, err := s.streams.Accept()
		if err != nil {
			return
		}
		length, question := make([]byte, 2), make([]byte, 1500)
		if _, err := io.ReadFull(conn, length); err == nil {
			n, _ := io.ReadFull(conn, question[:binary.BigEndian.Uint16(length)])
			replies := s.replies(question[:n], false)
			reply := replies[len(replies)-1]
			_, _ = conn.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))
			_, _ = conn.Write(reply[:10]) // in parts, as a network may
			_, _ = conn.Write(reply[10:])
		}
		_ = conn.Close()
	}
}

// replies are the answers to one question: first what somebody forged, who does
// not know its number or its name.
func (s *nameServer) replies(packet []byte, cut bool) (all [][]byte) {
	s.asked.Add(1)
	var question dnsmessage.Message
	if err := question.Unpack(packet); err != nil {
		s.Error(err)
		return nil
	}
	q := question.Questions[0]
	if s.forged != "" {
		forged := reply(question, []dnsmessage.Resource{aliasOf(plainName(q.Name), s.forged)})
		forged.ID++
		another := reply(question, []dnsmessage.Resource{aliasOf(plainName(q.Name), s.forged)})
		another.Questions = []dnsmessage.Question{{Name: dnsmessage.MustNewName("other.example."), Type: q.Type, Class: q.Class}}
		all = append(all, packed(forged), packed(another))
	}
	answer := reply(question, s.chain(plainName(q.Name), q.Type))
	if answer.Truncated = cut; cut {
		answer.Answers = nil
	}
	if !s.address && !s.short {
		answer.RCode = dnsmessage.RCodeNameError
	}
	return append(all, packed(answer))
}

func (s *nameServer) chain(name string, kind dnsmessage.Type) (answers []dnsmessage.Resource) {
	for range 20 {
		next := s.aliases[name]
		if next == "" {
			break
		}
		answers = append(answers, aliasOf(name, next))
		if name = next; s.short {
			return answers
		}
	}
	if s.address && kind == dnsmessage.TypeA {
		answers = append(answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name + "."), Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}},
		})
	}
	return answers
}

func aliasOf(name, next string) dnsmessage.Resource {
	return dnsmessage.Resource{
		Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name + "."), Class: dnsmessage.ClassINET},
		Body:   &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName(next + ".")},
	}
}

func reply(question dnsmessage.Message, answers []dnsmessage.Resource) dnsmessage.Message {
	return dnsmessage.Message{
		Header:    dnsmessage.Header{ID: question.ID, Response: true, RecursionDesired: true, RecursionAvailable: true},
		Questions: question.Questions[:1],
		Answers:   answers,
	}
}

func packed(m dnsmessage.Message) []byte {
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return raw
}

func TestTheDomainInTheMiddleOfAChainIsTheOne(t *testing.T) {
	t.Parallel()
	toPod := map[string]string{"files.acme.com": "acme.egnyte.com", "acme.egnyte.com": "pod1.egnyte.com"}
	for name, server := range map[string]*nameServer{
		"to a host of the service": {aliases: toPod, address: true},
		"to a host of others":      {aliases: map[string]string{"files.acme.com": "ACME.egnyte.com", "ACME.egnyte.com": "edge.example"}, address: true},
		"to nothing":               {aliases: map[string]string{"files.acme.com": "acme.egnyte.com", "acme.egnyte.com": "edge.example"}},
		"by way of others":         {aliases: map[string]string{"files.acme.com": "f.acme.net", "f.acme.net": "acme.egnyte.com", "acme.egnyte.com": "pod1.egnyte.com"}, address: true},
		"one at a time":            {aliases: toPod, short: true},
		"by TCP":                   {aliases: toPod, address: true, cut: true},
		"after a forged answer":    {aliases: toPod, address: true, forged: "evil.egnyte.com"},
	} {
		w := &web{}
		got, err := Names{DNS: serveNames(t, server), HTTP: w.client(t)}.Resolve(t.Context(), service(t, ""), "files.acme.com")
		if err != nil || got.Host() != "acme.egnyte.com" || len(w.asked) > 0 {
			t.Errorf("%s: %v, %v, %d requests", name, got, err, len(w.asked))
		}
	}
}

func TestANameWithoutAliasesIsNotAskedForTwice(t *testing.T) {
	t.Parallel()
	server := &nameServer{address: true}
	dns := serveNames(t, server)
	alias, err := dns.LookupCNAME(t.Context(), "files.acme.com")
	asked := server.asked.Load()
	if err != nil || alias != "files.acme.com" || asked == 0 {
		t.Fatalf("%q, %v after %d questions", alias, err, asked)
	}
	if alias, err := dns.LookupCNAME(t.Context(), "files.acme.com"); err != nil || alias != "files.acme.com" || server.asked.Load() != asked {
		t.Errorf("%q, %v after %d questions more", alias, err, server.asked.Load()-asked)
	}
}

func TestAChainOfNamesHasAnEnd(t *testing.T) {
	t.Parallel()
	long := map[string]string{"h40.acme.com": "acme.egnyte.com"}
	for i := range 40 {
		long[fmt.Sprintf("h%d.acme.com", i)] = fmt.Sprintf("h%d.acme.com", i+1)
	}
	for name, server := range map[string]*nameServer{
		"a circle": {aliases: map[string]string{"h0.acme.com": "b.acme.com", "b.acme.com": "h0.acme.com"}, short: true},
		"too long": {aliases: long, short: true},
	} {
		got, err := Names{DNS: serveNames(t, server), HTTP: (&web{}).client(t)}.Resolve(t.Context(), service(t, ""), "h0.acme.com")
		if err == nil {
			t.Errorf("%s: resolved to %v", name, got)
		}
		if asked := server.asked.Load(); asked > 30*maxAliases {
			t.Errorf("%s: %d questions", name, asked)
		}
	}
}

// system is a machine's own lookup, which knows a name that no server does.
type system map[string]string

func (s system) LookupCNAME(_ context.Context, host string) (string, error) {
	return s[host], nil
}

func TestWithoutANameServerTheSystemDecides(t *testing.T) {
	t.Parallel()
	knows := system{"files.acme.com": "acme.egnyte.com."}
	for name, dial := range map[string]func(context.Context, string, string) (net.Conn, error){
		"none": func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no such server") },
		"silent": func(ctx context.Context, network, _ string) (net.Conn, error) {
			hole, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { _ = hole.Close() })
			return new(net.Dialer).DialContext(ctx, network, hole.LocalAddr().String())
		},
	} {
		begin := time.Now()
		got, err := Names{DNS: &hops{dial: dial, system: knows}, HTTP: (&web{}).client(t)}.Resolve(t.Context(), service(t, ""), "files.acme.com")
		if err != nil || got.Host() != "acme.egnyte.com" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

func TestWhatNobodyAskedForIsNotHeard(t *testing.T) {
	t.Parallel()
	question := dnsmessage.Message{Header: dnsmessage.Header{ID: 7}, Questions: []dnsmessage.Question{{
		Name: dnsmessage.MustNewName("files.acme.com."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET,
	}}}
	right := reply(question, []dnsmessage.Resource{aliasOf("files.acme.com", "acme.egnyte.com")})
	change := map[string]func(*dnsmessage.Message){
		"another number":    func(m *dnsmessage.Message) { m.ID = 8 },
		"no reply":          func(m *dnsmessage.Message) { m.Response = false },
		"no question":       func(m *dnsmessage.Message) { m.Questions = nil },
		"a failure":         func(m *dnsmessage.Message) { m.RCode = dnsmessage.RCodeServerFailure },
		"a part":            func(m *dnsmessage.Message) { m.Truncated = true },
		"another question":  func(m *dnsmessage.Message) { m.Questions[0].Name = dnsmessage.MustNewName("x.acme.com.") },
		"another type":      func(m *dnsmessage.Message) { m.Questions[0].Type = dnsmessage.TypeTXT },
		"nothing but noise": nil,
	}
	for name, change := range change {
		h := &hops{}
		m := right
		m.Questions = slices.Clone(right.Questions)
		raw := []byte("noise")
		if change != nil {
			change(&m)
			raw = packed(m)
		}
		h.take(packed(question), raw)
		if next, known := h.known("files.acme.com"); known {
			t.Errorf("%s: heard of %q", name, next)
		}
	}
	h := &hops{}
	h.take(packed(question), packed(right))
	if next, _ := h.known("files.acme.com"); next != "acme.egnyte.com" {
		t.Errorf("the right one says %q", next)
	}
}
