"""Which network addresses are anybody's, and which are inside somebody's walls. Pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Networks = tuple[IPv4Network | IPv6Network, ...]

# The IANA special-purpose address registries, IPv4 and IPv6, and the multicast ranges. Python
# 3.11's own `is_global` lets 64:ff9b::7f00:1, 2002:7f00:1::1, fec0::1 and 224.0.0.1 pass.
_KINDS = {
    "loopback": "127.0.0.0/8 ::1/128",
    "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10",
    "link-local": "169.254.0.0/16 fe80::/10",
    "multicast": "224.0.0.0/4 ff00::/8",
    "documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    "reserved": (
        "0.0.0.0/8 192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 "
        "198.18.0.0/15 240.0.0.0/4 64:ff9b:1::/48 100::/64 2001::/23 2002::/16 2620:4f:8000::/48"
    ),
}
DENIED = tuple((ip_network(net), kind) for kind, nets in _KINDS.items() for net in nets.split())
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all IANA has given out; the rest of IPv6 is reserved
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052, 2.1)


def denial(address: IPv4Address | IPv6Address, allowed: Networks = ()) -> str | None:
    """Return what kind of address we refuse this one for, or None where we may connect.

    `allowed` goes first. An IPv4 address in IPv6 clothing that really leads there (mapped,
    NAT64) is judged as what it is; 6to4, Teredo and their like are refused whole.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return denial(address.ipv4_mapped, allowed)
    if any(address in network for network in allowed):
        return None
    if isinstance(address, IPv6Address) and address in _NAT64:
        return denial(IPv4Address(int(address) & 0xFFFFFFFF))
    for network, kind in DENIED:
        if address in network:
            return kind
    return "reserved" if address.version == 6 and address not in _GLOBAL_UNICAST else None
